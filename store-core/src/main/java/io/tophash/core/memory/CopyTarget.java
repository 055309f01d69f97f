package io.tophash.core.memory;

import io.tophash.core.errors.StoreException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.CRC32C;

/**
 * A store that is made as a copy of another one. It is built under a name beside its own, forced,
 * and renamed; so under its own name there is a complete store or none, wherever a kill strikes.
 * What a killed one left under the other names is deleted by the next one.
 *
 * <p>From beginning to end this holds the exclusive lock of the target's sidecar: two copies to the
 * same target, and a store that is just being made there, exclude each other.
 *
 * <p>Not thread-safe.
 */
public final class CopyTarget implements AutoCloseable {
  private static final int PIECE_BYTES = 1 << 16;

  /** Of 255 that file systems take, without the longest of the names that are put behind it. */
  private static final int MOST_NAME_BYTES = 255 - ".copy.scratch".length();

  private final Path target;
  private final Sidecar lock;

  private CopyTarget(Path target, Sidecar lock) {
    this.target = target;
    this.lock = lock;
  }

  /**
   * Begins a copy.
   *
   * @param path where it shall be in the end
   * @throws StoreException if there is a file already, or none can be made there
   */
  public static CopyTarget begin(Path path) {
    Path target = StorePaths.realPath(path);
    refuseExisting(target);
    StorePaths.checkPath(target, false);
    CopyTarget copy = new CopyTarget(target, Sidecar.lockAll(target, false));
    boolean begun = false;
    try {
      refuseExisting(target);
      copy.deleteUnfinished();
      begun = true;
      return copy;
    } finally {
      if (!begun) {
        copy.lock.release();
      }
    }
  }

  private static void refuseExisting(Path target) {
    if (Files.exists(target)) {
      throw new StoreException(
          "the target is there already and is not replaced; name another one, or move it away,"
              + " target="
              + target);
    }
  }

  /** Name of the store until it is complete. */
  public Path path() {
    return sibling("");
  }

  /** The target. */
  public Path target() {
    return target;
  }

  private Path sibling(String suffix) {
    return target.resolveSibling(shortened(target.getFileName().toString()) + ".copy" + suffix);
  }

  /** A name that leaves room for what is put behind it: always the same for the same name. */
  static String shortened(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= MOST_NAME_BYTES) {
      return name;
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return "tophash-" + bytes.length + "-" + Long.toHexString(crc.getValue());
  }

  /**
   * Writes the first bytes of a store to the copy.
   *
   * @throws io.tophash.core.errors.StoreFullException if there is no space for them
   */
  public void fill(MappedMemory from, long bytes) {
    byte[] piece = new byte[PIECE_BYTES];
    try (RandomAccessFile to = new RandomAccessFile(path().toFile(), "rw")) {
      to.setLength(0);
      for (long at = 0; at < bytes; at += piece.length) {
        int step = (int) Math.min(piece.length, bytes - at);
        from.getBytes(at, piece, 0, step);
        to.write(piece, 0, step);
        CrashPoint.reached("file.copied");
      }
    } catch (IOException e) {
      throw StorePaths.cannotExtend(path(), bytes, bytes, e);
    }
  }

  /** Sets a word of the copy to 0. */
  public void clear(int word) {
    try (RandomAccessFile file = new RandomAccessFile(path().toFile(), "rw")) {
      file.seek(word);
      file.writeLong(0);
    } catch (IOException e) {
      throw new StoreException("cannot write the copy, target=" + target, e);
    }
  }

  /**
   * Writes the copy, which is closed by now, back to the device and gives it its name.
   *
   * @param cleanWord position of a word of the file that is set to 0 once all else is written back:
   *     it says that nothing is missing
   */
  public void publish(int cleanWord) {
    try (RandomAccessFile file = new RandomAccessFile(path().toFile(), "rw")) {
      file.getFD().sync();
      CrashPoint.reached("copy.forced");
      file.seek(cleanWord);
      file.writeLong(0);
      file.getFD().sync();
      CrashPoint.reached("copy.complete");
      refuseExisting(target);
      deleteBeside();
      Files.move(path(), target, StandardCopyOption.ATOMIC_MOVE);
      CrashPoint.reached("copy.published");
      StorePaths.forceDirectory(target);
    } catch (IOException e) {
      throw new StoreException("cannot write the copy, target=" + target, e);
    }
  }

  private void deleteUnfinished() {
    try {
      Files.deleteIfExists(path());
      deleteBeside();
    } catch (IOException e) {
      throw new StoreException(
          "cannot delete an unfinished copy; delete it yourself, file=" + path(), e);
    }
  }

  private void deleteBeside() throws IOException {
    for (String suffix : new String[] {".lock", ".new"}) {
      Files.deleteIfExists(sibling(suffix));
    }
  }

  /** Deletes what is unfinished and lets others make a store there. */
  @Override
  public void close() {
    try {
      deleteUnfinished();
    } finally {
      lock.release();
    }
  }
}
