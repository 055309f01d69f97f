package io.tophash.core.memory;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreFullException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The file of a store that several processes use at once: its length and its mapping.
 *
 * <p>Length and space are two things. The length only grows, in large sparse steps, under the
 * sidecar's growth lock; so a window is mapped anew about ten times until it is whole. Space is
 * made by writing zeros, piece by piece, before it is handed out; so a full disk is an exception
 * here and never a fault on the first touch of a mapped page. Who owns a piece while its zeros are
 * written is the caller's business, and no lock is held meanwhile.
 *
 * <p>Each process maps for itself what it needs: a window up to the length that the file has at
 * that time, and longer when a position behind that is asked for.
 *
 * <p>Thread-safe. Writing goes through {@link RandomAccessFile}, whose methods an interrupt does
 * not disturb; what needs a channel runs on the {@link FileThread}.
 */
public final class SharedFile implements AutoCloseable {
  private static final long MIN_LENGTH = 1 << 20;
  private static final long GROW_TIMEOUT_MS = 30_000;

  /** Collections after which a mapping that is still reachable is held by somebody. */
  private static final int COLLECTIONS = 3;

  private static final byte[] ZEROS = StoreFile.ZEROS;

  private final Path path;
  private final boolean readOnly;
  private final long maxBytes;
  private final Sidecar sidecar;
  private final RandomAccessFile file;
  private final StoreAnchor anchor;
  private final Object mapping = new Object(); // taken before "writing" where both are
  private final Object writing = new Object(); // the position and the length of the file
  private volatile MappedMemory memory;
  private volatile boolean closed;
  private Path unfinished;

  private SharedFile(Path path, boolean readOnly, long maxBytes, boolean isNew) {
    this.path = path;
    this.readOnly = readOnly;
    this.maxBytes = maxBytes;
    this.sidecar = Sidecar.open(path, readOnly);
    this.unfinished = isNew ? StorePaths.unfinished(path) : null;
    RandomAccessFile opening = null;
    boolean opened = false;
    try {
      if (isNew) {
        StoreAnchor.deleteUnfinished(unfinished);
      }
      Path name = isNew ? unfinished : path;
      opening = new RandomAccessFile(name.toFile(), readOnly ? "r" : "rw");
      anchor = sidecar.anchor(name, readOnly); // before anything is mapped, read or written
      file = opening;
      opened = true;
    } catch (IOException e) {
      throw new StoreException(
          "cannot "
              + (isNew ? "create" : "open")
              + " the store: "
              + e.getMessage()
              + ", store="
              + path,
          e);
    } finally {
      if (!opened) {
        giveUp(opening);
      }
    }
  }

  private void giveUp(RandomAccessFile opening) {
    try {
      if (opening != null) {
        opening.close();
        StoreAnchor.fileClosed(path);
      }
    } catch (IOException e) {
      throw failure("cannot close the store", e);
    } finally {
      sidecar.release();
    }
  }

  /**
   * The path of a store without symbolic links, after a look at what stands there.
   *
   * @throws StoreException if it is no file, or may not be used as asked; a file that is not there
   *     is an error only for a read-only opener
   */
  public static Path realPath(Path path, boolean readOnly) {
    Path real = StorePaths.realPath(path);
    StorePaths.checkPath(real, readOnly);
    return real;
  }

  /**
   * Opens an existing file.
   *
   * @param realPath what {@link #realPath} returned
   * @param readOnly true to change no byte of it
   * @param maxBytes no position from here on is ever made ready for use
   */
  public static SharedFile open(Path realPath, boolean readOnly, long maxBytes) {
    if (!Files.exists(realPath)) {
      throw new StoreException("there is no store to open, store=" + realPath);
    }
    return new SharedFile(realPath, readOnly, maxBytes, false);
  }

  /**
   * Makes a new, empty file under another name, which {@link #publish} gives its own. The caller
   * holds the sidecar's attach lock until then.
   */
  public static SharedFile create(Path realPath, long maxBytes) {
    return new SharedFile(realPath, false, maxBytes, true);
  }

  /** Gives a new store, complete by now, its name. */
  public void publish() {
    try {
      StoreAnchor.refuseToReplace(path);
      Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
      unfinished = null;
    } catch (IOException e) {
      throw new StoreException("cannot create the store, store=" + path, e);
    }
  }

  /** Reads the start of the file without mapping it; shorter if the file is. */
  public byte[] readHead(int bytes) {
    synchronized (writing) {
      try {
        byte[] head = new byte[(int) Math.min(bytes, file.length())];
        file.seek(0);
        file.readFully(head);
        return head;
      } catch (IOException e) {
        throw failure("cannot read the header of the store", e);
      }
    }
  }

  /**
   * Maps what the file has now; once, before {@link #ensureMapped} and {@link #ensureLength}.
   *
   * @param windowShift log2 of the window size in bytes
   */
  public MappedMemory map(int windowShift) {
    if (memory != null) {
      throw new IllegalStateException("the file is mapped already, store=" + path);
    }
    memory = new MappedMemory(windowShift);
    ensureMapped(length());
    return memory;
  }

  /** What {@link #map} returned; null before. */
  public MappedMemory memory() {
    return memory;
  }

  /**
   * Maps at least the first {@code end} bytes.
   *
   * @throws CorruptStoreException if the file is shorter
   */
  public void ensureMapped(long end) {
    if (end <= memory.mappedBytes()) {
      return;
    }
    synchronized (mapping) {
      long bytes = length();
      if (end > bytes) {
        throw new CorruptStoreException(
            "file", end, "the file is shorter than its content says, bytes=" + bytes);
      }
      long windowBytes = memory.windowBytes();
      while (memory.mappedBytes() < end) {
        int index = (int) (memory.mappedBytes() / windowBytes);
        long start = index * windowBytes;
        memory.putWindow(index, mapWindow(start, Math.min(windowBytes, bytes - start)));
        CrashPoint.reached("file.mapped");
      }
    }
  }

  private MappedByteBuffer mapWindow(long start, long bytes) {
    FileChannel.MapMode mode =
        readOnly ? FileChannel.MapMode.READ_ONLY : FileChannel.MapMode.READ_WRITE;
    try {
      return FileThread.call(() -> file.getChannel().map(mode, start, bytes));
    } catch (IOException e) {
      throw failure("cannot map the store", e);
    }
  }

  /** Length of the file now; other processes may make it longer at any time. */
  public long length() {
    try {
      return file.length();
    } catch (IOException e) {
      throw failure("cannot read the length of the store", e);
    }
  }

  /**
   * Makes the file at least {@code end} bytes long, usually longer: what is new is sparse. Blocks
   * while another thread or process does the same.
   *
   * @throws StoreFullException if {@code maxBytes} would be passed or the file system refuses
   */
  public void ensureLength(long end) {
    if (end > maxBytes) {
      throw StorePaths.limitReached(path, maxBytes, end);
    }
    if (length() >= end) {
      return;
    }
    sidecar.lockGrow(GROW_TIMEOUT_MS);
    try {
      synchronized (writing) {
        // Under both locks, so that nothing is ever made shorter.
        long before = length();
        if (before < end) {
          setLength(before, end);
        }
      }
    } finally {
      sidecar.unlockGrow();
    }
  }

  private void setLength(long before, long end) {
    long wanted = roundedLength(end, memory.windowBytes());
    try {
      CrashPoint.extending("length");
      file.setLength(wanted);
    } catch (IOException tooLong) {
      // The tail is for convenience, and the system may allow less.
      try {
        CrashPoint.extending("length");
        file.setLength(end);
      } catch (IOException e) {
        throw full(before, end, e);
      }
    }
  }

  static long roundedLength(long end, long windowBytes) {
    if (end > windowBytes) {
      return (end + windowBytes - 1) / windowBytes * windowBytes;
    }
    long power = end <= 1 ? 1 : Long.highestOneBit(end - 1) << 1;
    return Math.min(windowBytes, Math.max(MIN_LENGTH, power));
  }

  /**
   * Writes zeros, so that the space really is there. Two threads may do so at once in different
   * places.
   *
   * @throws StoreFullException if the file system is full; part of the zeros may be written
   */
  public void writeZeros(long position, long length) {
    long at = position;
    long end = position + length;
    while (at < end) {
      int step = (int) Math.min(ZEROS.length, end - at);
      synchronized (writing) {
        try {
          CrashPoint.extending("zeros");
          file.seek(at);
          file.write(ZEROS, 0, step);
        } catch (IOException e) {
          throw full(position, end, e);
        }
      }
      at += step;
      CrashPoint.reached("file.extended");
    }
  }

  /**
   * Gives the end of the file back to the file system while threads of this process go on. The
   * caller has proved that no other process has the store open and that nobody makes a piece ready,
   * and keeps it so. No thread may be inside an access to what is cut off, or it would fault; so
   * the file is mapped anew, and cut only when the collector has found the old mapping unreachable.
   *
   * @return false if that could not be proved; nothing was cut
   */
  public boolean cut(long end) {
    if (MemoryMode.IS_FAST) {
      return false; // an access by address does not hold its window
    }
    synchronized (mapping) {
      if (end >= length()) {
        return true;
      }
      if (!awaitCollection(memory.replaceWindows(mapAll(end)))) {
        return false;
      }
      truncate(end);
      return true;
    }
  }

  private List<MappedByteBuffer> mapAll(long length) {
    List<MappedByteBuffer> windows = new ArrayList<>();
    for (long start = 0; start < length; start += memory.windowBytes()) {
      windows.add(mapWindow(start, Math.min(memory.windowBytes(), length - start)));
    }
    return windows;
  }

  private static boolean awaitCollection(List<WeakReference<ByteBuffer>> former) {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      if (former.stream().allMatch(window -> window.get() == null)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Gives the space behind {@code length} back to the file system. The caller has proved that no
   * other process has the store open, and keeps its own threads away from there.
   */
  public void truncate(long length) {
    synchronized (writing) {
      try {
        if (file.length() > length) {
          file.setLength(length);
          CrashPoint.reached("file.cut");
        }
      } catch (IOException e) {
        // Not every system cuts a mapped file. The tail belongs to nobody.
      }
    }
  }

  /** Writes what changed back to the storage device and waits for it. */
  public void force() {
    try {
      memory.force(Long.MAX_VALUE);
      file.getFD().sync(); // the length too
    } catch (IOException e) {
      throw failure("cannot write the store back", e);
    }
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /** The sidecar. */
  public Path lockPath() {
    return LockFile.path(path);
  }

  /** True if no byte of the file may change. */
  public boolean isReadOnly() {
    return readOnly;
  }

  private RuntimeException full(long before, long end, IOException e) {
    return closed ? failure("", e) : StorePaths.cannotExtend(path, before, end, e);
  }

  private RuntimeException failure(String problem, IOException e) {
    if (closed) {
      return new IllegalStateException("the store is closed, store=" + path, e);
    }
    return new StoreException(problem + ": " + e.getMessage() + ", store=" + path, e);
  }

  /**
   * Closes the file; a second call does nothing. Each later access to the memory fails with an
   * exception; the mapping goes when it has become unreachable.
   */
  @Override
  public void close() {
    synchronized (mapping) {
      synchronized (writing) {
        if (closed) {
          return;
        }
        closed = true;
        try {
          if (memory != null) {
            memory.clearWindows();
          }
          file.close();
          FileThread.call(
              () -> {
                anchor.release();
                return null;
              });
          if (unfinished != null) {
            Files.deleteIfExists(unfinished);
          }
        } catch (IOException e) {
          throw new StoreException("cannot close the store, store=" + path, e);
        } finally {
          sidecar.release();
        }
      }
    }
  }
}
