package io.tophash.core.memory;

import io.tophash.core.errors.StoreException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/**
 * The bytes of a store file that is not to be believed: read, never mapped, never changed. Nobody
 * has it open for writing meanwhile, which a shared lock of its sidecar ensures.
 *
 * <p>Not thread-safe.
 */
public final class RawFile implements AutoCloseable {
  private final Path path;
  private final Sidecar lock;
  private final RandomAccessFile file;
  private final long length;

  private RawFile(Path path, Sidecar lock) throws IOException {
    this.path = path;
    this.lock = lock;
    lock.anchor(path, true);
    this.file = new RandomAccessFile(path.toFile(), "r");
    this.length = file.length();
  }

  /**
   * Opens a file.
   *
   * @throws StoreException if it is not there, or somebody has it open for writing
   */
  public static RawFile open(Path path) {
    Path real = StorePaths.realPath(path);
    StorePaths.checkPath(real, true);
    Sidecar lock = Sidecar.lockAll(real, true);
    boolean opened = false;
    try {
      RawFile file = new RawFile(real, lock);
      opened = true;
      return file;
    } catch (IOException e) {
      throw new StoreException("cannot open the file: " + e.getMessage() + ", file=" + real, e);
    } finally {
      if (!opened) {
        lock.release();
      }
    }
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /** Its length. */
  public long length() {
    return length;
  }

  /** True if these bytes are in the file. */
  public boolean has(long position, long bytes) {
    return position >= 0 && bytes >= 0 && position <= length - bytes;
  }

  /** A copy of some bytes, which are in the file. */
  public byte[] read(long position, int bytes) {
    byte[] copy = new byte[bytes];
    try {
      file.seek(position);
      file.readFully(copy);
      return copy;
    } catch (IOException e) {
      throw new StoreException(
          "cannot read the file: " + e.getMessage() + ", file=" + path + " position=" + position,
          e);
    }
  }

  /** The first bytes, fewer if the file is shorter. */
  public byte[] head(int bytes) {
    return read(0, (int) Math.min(bytes, length));
  }

  /** A long of the file, 0 behind its end. */
  public long getLong(long position) {
    return has(position, 8) ? HeapBytes.getLong(read(position, 8), 0) : 0;
  }

  @Override
  public void close() {
    try {
      file.close();
      StoreAnchor.fileClosed(path);
    } catch (IOException e) {
      throw new StoreException("cannot close the file, file=" + path, e);
    } finally {
      lock.release();
    }
  }
}
