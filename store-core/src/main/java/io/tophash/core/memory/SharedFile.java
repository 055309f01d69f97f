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
import java.util.ArrayList;
import java.util.List;

/**
 * The file of a store that several processes use at once: its name, its locks and its mapping. Its
 * length, and the space in it, are the part of {@link SparseFile}.
 *
 * <p>Each process maps for itself what it needs: a window up to the length that the file has at
 * that time, and longer when a position behind that is asked for.
 *
 * <p>Thread-safe. Interrupts disturb nothing.
 */
public final class SharedFile implements AutoCloseable {
  /** Collections after which a mapping that is still reachable is held by somebody. */
  private static final int COLLECTIONS = 3;

  private final Path path;
  private final boolean readOnly;
  private final Sidecar sidecar;
  private final SparseFile file;
  private final StoreAnchor anchor;
  private final Object mapping = new Object(); // taken before the file's own lock where both are
  private volatile MappedMemory memory;
  private Path unfinished;

  private SharedFile(Path path, boolean readOnly, long maxBytes, boolean isNew) {
    this.path = path;
    this.readOnly = readOnly;
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
      file = new SparseFile(path, opening, maxBytes, sidecar);
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
      throw new StoreException("cannot close the store: " + e.getMessage() + ", store=" + path, e);
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
    StorePaths.publish(unfinished, path);
    unfinished = null;
  }

  /** Reads the start of the file without mapping it; shorter if the file is. */
  public byte[] readHead(int bytes) {
    return file.readHead(bytes);
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
    return file.map(mode, start, bytes);
  }

  /** Length of the file now; other processes may make it longer at any time. */
  public long length() {
    return file.length();
  }

  /**
   * Makes the file at least {@code end} bytes long, usually longer: what is new is sparse. Blocks
   * while another thread or process does the same.
   *
   * @throws StoreFullException if {@code maxBytes} would be passed or the file system refuses
   */
  public void ensureLength(long end) {
    file.ensureLength(end, memory.windowBytes());
  }

  /**
   * Writes zeros, so that the space really is there. Two threads may do so at once in different
   * places.
   *
   * @throws StoreFullException if the file system is full; part of the zeros may be written
   */
  public void writeZeros(long position, long length) {
    file.writeZeros(position, length);
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
    file.truncate(length);
  }

  /** Writes what changed back to the storage device and waits for it. */
  public void force() {
    memory.force(Long.MAX_VALUE);
    file.sync();
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

  /**
   * Closes the file; a second call does nothing. Each later access to the memory fails with an
   * exception; the mapping goes when it has become unreachable.
   */
  @Override
  public void close() {
    synchronized (mapping) {
      if (!file.beginClose()) {
        return;
      }
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
