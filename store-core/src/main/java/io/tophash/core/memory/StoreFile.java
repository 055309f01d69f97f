package io.tophash.core.memory;

import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreFullException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file of a store: its lock, its length, its mapping.
 *
 * <p>The file grows by writing zeros, so that a full disk is an exception here and never a fault on
 * the first touch of a mapped page. Zeros are written through {@link RandomAccessFile}, whose
 * methods an interrupt does not disturb; what needs a channel runs on the {@link FileThread}.
 *
 * <p>A window is mapped whole at once, which makes the file longer, and the file is cut back to its
 * length right after: so the mapping reaches past the end and never has to be replaced while the
 * file grows. Positions past the end are never handed out. A process that is killed in between
 * leaves a longer, sparse file, which the next open cuts back.
 *
 * <p>Not thread-safe.
 */
public final class StoreFile implements AutoCloseable {
  static final byte[] ZEROS = new byte[1 << 16];

  private final Path path;
  private final boolean readOnly;
  private final long maxBytes;
  private final LockFile lock;
  private RandomAccessFile file;
  private long length;
  private MappedMemory memory;
  private Path unfinished;
  private boolean closed;

  private StoreFile(Path path, boolean readOnly, long maxBytes, LockFile lock) {
    this.path = path;
    this.readOnly = readOnly;
    this.maxBytes = maxBytes;
    this.lock = lock;
  }

  /**
   * Locks and opens the file of a store. A store that is not there yet is made under another name
   * first: see {@link #isNew} and {@link #publish}.
   *
   * @param path where the store is or shall be
   * @param readOnly true to open an existing store without changing a byte of it
   * @param maxBytes the file never grows over this many bytes
   * @throws StoreException if the file cannot be opened; the message says why
   */
  public static StoreFile open(Path path, boolean readOnly, long maxBytes) {
    Path real = StorePaths.realPath(path);
    StorePaths.checkPath(real, readOnly);
    LockFile lock = LockFile.acquire(real, !readOnly);
    StoreFile file = new StoreFile(real, readOnly, maxBytes, lock);
    boolean opened = false;
    try {
      file.openFile();
      opened = true;
      return file;
    } catch (IOException e) {
      throw new StoreException("cannot open the store: " + e.getMessage() + ", store=" + real, e);
    } finally {
      if (!opened) {
        file.close();
      }
    }
  }

  private void openFile() throws IOException {
    if (readOnly || Files.exists(path) && Files.size(path) > 0) {
      file = new RandomAccessFile(path.toFile(), readOnly ? "r" : "rw");
      lock.anchor(path); // before anything is mapped, read or written
    } else {
      Path name = StorePaths.unfinished(path);
      StoreAnchor.deleteUnfinished(name);
      file = new RandomAccessFile(name.toFile(), "rw");
      lock.anchor(name);
      unfinished = name; // ours from here on
    }
    length = file.length();
  }

  /** True until {@link #publish}: there was no store under this name, or an empty file. */
  public boolean isNew() {
    return unfinished != null;
  }

  /** Gives a new store, complete by now, its name. */
  public void publish() {
    StorePaths.publish(unfinished, path);
    unfinished = null;
  }

  /** Gives a new file its first bytes, before it is mapped. */
  public void ensureNewLength(long bytes) {
    appendZeros(bytes);
  }

  /** The sidecar. */
  public Path lockPath() {
    return LockFile.path(path);
  }

  /**
   * Reads the start of a store that this JVM need not have open, without a lock; shorter if the
   * file is.
   */
  public static byte[] readHead(Path path, int bytes) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      return in.readNBytes(bytes);
    } finally {
      StoreAnchor.fileClosed(StorePaths.realPath(path));
    }
  }

  /** Reads the start of the file without mapping it; shorter if the file is. */
  public byte[] readHead(int bytes) {
    byte[] head = new byte[(int) Math.min(bytes, length)];
    try {
      file.seek(0);
      file.readFully(head);
      return head;
    } catch (IOException e) {
      throw new StoreException("cannot read the header of the store, store=" + path, e);
    }
  }

  /**
   * Maps the file; once, before it grows.
   *
   * @param windowShift log2 of the window size in bytes
   */
  public MappedMemory map(int windowShift) {
    memory = new MappedMemory(windowShift);
    try {
      mapUpTo(length);
    } catch (IOException e) {
      throw new StoreException(
          "cannot map the store: " + e.getMessage() + ", store=" + path + " bytes=" + length, e);
    }
    return memory;
  }

  private void mapUpTo(long bytes) throws IOException {
    long windowBytes = memory.windowBytes();
    while (memory.windowCount() * windowBytes < bytes) {
      long start = memory.windowCount() * windowBytes;
      long size = readOnly ? Math.min(windowBytes, length - start) : windowBytes;
      FileChannel.MapMode mode =
          readOnly ? FileChannel.MapMode.READ_ONLY : FileChannel.MapMode.READ_WRITE;
      try {
        memory.addWindow(FileThread.call(() -> file.getChannel().map(mode, start, size)));
        CrashPoint.reached("file.mapped");
      } finally {
        if (!readOnly) {
          cutBack(length);
        }
      }
    }
  }

  /** Bytes of the file that are there: written with zeros at least. */
  public long length() {
    return length;
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /** True if no byte of the file may change. */
  public boolean isReadOnly() {
    return readOnly;
  }

  /**
   * Makes the file at least {@code bytes} long, zero-filled, and maps what is new.
   *
   * @throws StoreFullException if the file system is full or {@code maxBytes} would be passed; the
   *     file is as long as before
   */
  public void ensureLength(long bytes) {
    long before = length;
    if (bytes > length) {
      appendZeros(bytes);
    }
    try {
      CrashPoint.extending("mapping");
      mapUpTo(bytes);
    } catch (IOException e) {
      cutBack(before);
      throw StorePaths.cannotExtend(path, before, bytes, e);
    }
  }

  /**
   * Writes one piece of zeros behind the end of the file, ahead of need, so that a later {@link
   * #ensureLength} is short.
   *
   * @param upTo no further than this length
   * @return true if the file is that long now
   */
  public boolean growStep(long upTo) {
    if (length < upTo) {
      appendZeros(Math.min(upTo, length + ZEROS.length));
    }
    return length >= upTo;
  }

  private void appendZeros(long newLength) {
    if (newLength > maxBytes) {
      throw StorePaths.limitReached(path, maxBytes, newLength);
    }
    long before = length;
    try {
      file.seek(length);
      while (length < newLength) {
        int step = (int) Math.min(ZEROS.length, newLength - length);
        CrashPoint.extending("zeros");
        file.write(ZEROS, 0, step);
        length += step;
        CrashPoint.reached("file.extended");
      }
    } catch (IOException e) {
      cutBack(before);
      throw StorePaths.cannotExtend(path, before, newLength, e);
    }
  }

  private void cutBack(long bytes) {
    length = bytes;
    try {
      file.setLength(bytes);
      CrashPoint.reached("file.cut");
    } catch (IOException e) {
      // Not every system cuts a mapped file. The tail belongs to nobody; growth overwrites it.
    }
  }

  /** Gives the space behind {@code bytes} back to the file system; nothing there may be in use. */
  public void truncate(long bytes) {
    if (bytes < length) {
      cutBack(bytes);
    }
  }

  /**
   * Writes all bytes of the file to another one, which is replaced.
   *
   * @throws StoreFullException if there is no space for it
   */
  public void copyTo(Path other) {
    byte[] piece = new byte[1 << 16];
    try (RandomAccessFile to = new RandomAccessFile(other.toFile(), "rw")) {
      to.setLength(0);
      for (long at = 0; at < length; at += piece.length) {
        int step = (int) Math.min(piece.length, length - at);
        memory.getBytes(at, piece, 0, step);
        to.write(piece, 0, step);
        CrashPoint.reached("file.copied");
      }
    } catch (IOException e) {
      throw StorePaths.cannotExtend(other, length, length, e);
    }
  }

  /**
   * Closes the file and gives up the lock; a second call does nothing. The mapping goes when it has
   * become unreachable.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (memory != null) {
        memory.clearWindows();
      }
      if (file != null) {
        file.close();
        StoreAnchor.fileClosed(path);
      }
      if (unfinished != null) {
        Files.deleteIfExists(unfinished);
      }
    } catch (IOException e) {
      throw new StoreException("cannot close the store, store=" + path, e);
    } finally {
      lock.release();
    }
  }
}
