package io.tophash.core.memory;

import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreFullException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.LongSupplier;

/**
 * The file of a store: its name, its locks, and what is below: its length and the space in it
 * ({@link SparseFile}), and its mapping ({@link FileMapping}). Several processes may have it open,
 * or one alone; all but the lock is the same then.
 *
 * <p>Thread-safe. Interrupts disturb nothing.
 */
public final class StoreFile implements AutoCloseable {
  private final Path path;
  private final boolean readOnly;
  private final Sidecar sidecar;
  private final SparseFile file;
  private final StoreAnchor anchor;
  private final FileWatch watch;
  private volatile FileMapping mapping;
  private Path unfinished;

  private StoreFile(Path path, boolean readOnly, long maxBytes, Sidecar sidecar, boolean isNew) {
    this.path = path;
    this.readOnly = readOnly;
    this.sidecar = sidecar;
    RandomAccessFile opening = null;
    boolean opened = false;
    try {
      Path name = isNew ? StorePaths.unfinished(path) : path;
      if (isNew) {
        StoreAnchor.deleteUnfinished(name);
      }
      opening = new RandomAccessFile(name.toFile(), readOnly ? "r" : "rw");
      anchor = sidecar.anchor(name, readOnly); // before anything is mapped, read or written
      unfinished = isNew ? name : null; // ours from here on
      file = new SparseFile(path, opening, maxBytes, sidecar);
      watch = new FileWatch(path, name, sidecar::isLost);
      if (!isNew) {
        watch.begin();
      }
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
   * Opens a file for this opener alone, or beside others that only read too. A store that is not
   * there yet is made under another name first: see {@link #isNew} and {@link #publish}.
   *
   * @param path where the store is or shall be
   * @param readOnly true to open an existing store without changing a byte of it
   * @param maxBytes the file never grows over this many bytes
   * @throws io.tophash.core.errors.StoreLockedException if another opener, in this process or
   *     elsewhere, is in the way
   * @throws StoreException if the file cannot be opened; the message says why
   */
  public static StoreFile open(Path path, boolean readOnly, long maxBytes) {
    Path real = realPath(path, readOnly);
    Sidecar sidecar = Sidecar.lockAll(real, readOnly);
    boolean isNew = !readOnly && real.toFile().length() == 0; // 0 also if it is not there
    return new StoreFile(real, readOnly, maxBytes, sidecar, isNew);
  }

  /**
   * Opens an existing file as one of several processes.
   *
   * @param realPath what {@link #realPath} returned
   * @param readOnly true to change no byte of it
   * @param maxBytes no position from here on is ever made ready for use
   */
  public static StoreFile openShared(Path realPath, boolean readOnly, long maxBytes) {
    if (!Files.exists(realPath)) {
      throw new StoreException("there is no store to open, store=" + realPath);
    }
    return new StoreFile(realPath, readOnly, maxBytes, Sidecar.open(realPath, readOnly), false);
  }

  /**
   * Makes a new, empty file under another name, which {@link #publish} gives its own, to be used by
   * several processes. The caller holds the sidecar's attach lock until then.
   */
  public static StoreFile createShared(Path realPath, long maxBytes) {
    return new StoreFile(realPath, false, maxBytes, Sidecar.open(realPath, false), true);
  }

  /** True until {@link #publish}: there was no store under this name, or an empty file. */
  public boolean isNew() {
    return unfinished != null;
  }

  /**
   * Gives a new store, complete by now, its name, which is on the storage device when this returns.
   */
  public void publish() {
    try {
      StoreAnchor.refuseToReplace(path);
      Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new StoreException("cannot create the store, store=" + path, e);
    }
    unfinished = null;
    StorePaths.forceDirectory(path);
    watch.begin();
  }

  /**
   * What is wrong with the open file, as of half a second ago: another one stands under its name,
   * or none; or another process may change it. Null if nothing is. Wait-free.
   */
  public String trouble() {
    return watch.trouble();
  }

  /**
   * Refuses a change that would go where nobody finds it.
   *
   * @throws StoreException if there is {@link #trouble}
   */
  public void checkChangeable() {
    String trouble = watch.trouble();
    if (trouble != null) {
      if (watch.isRefused()) {
        throw new StoreException(trouble);
      }
      throw new StoreException(
          trouble + ": changes would be lost; close the store and open it again, store=" + path);
    }
  }

  /**
   * Refuses changes from now on, or no longer.
   *
   * @param reason the whole message, with what to do next; null to let them
   */
  public void refuseChanges(String reason) {
    watch.refuse(reason);
  }

  /**
   * Has something looked after twice a second, until the file is closed, on a thread of this JVM
   * that is in no operation and must not be held up.
   */
  public void lookAlso(Runnable look) {
    watch.lookAlso(
        () -> {
          sidecar.settleHolds();
          look.run();
        });
  }

  /** Reads the start of the file without mapping it; shorter if the file is. */
  public byte[] readHead(int bytes) {
    return file.readHead(bytes);
  }

  /** Reads some of the file without mapping it. */
  public byte[] read(long position, int bytes) {
    return file.read(position, bytes);
  }

  /**
   * Writes what nobody will map behind what the file has, when nothing else is written any more.
   *
   * @return false if there is no room for it, or the file would pass its limit
   */
  public boolean writeTail(long position, byte[] bytes) {
    return file.writeTail(position, bytes);
  }

  /**
   * Maps what the file has now; once, before {@link #ensureMapped} and {@link #ensureLength}.
   *
   * @param windowShift log2 of the window size in bytes
   */
  public MappedMemory map(int windowShift) {
    if (mapping != null) {
      throw new IllegalStateException("the file is mapped already, store=" + path);
    }
    mapping = new FileMapping(path, file, readOnly, windowShift);
    ensureMapped(length());
    return mapping.memory();
  }

  /** What {@link #map} returned. */
  MappedMemory memory() {
    return mapping.memory();
  }

  /**
   * Maps at least the first {@code end} bytes.
   *
   * @throws io.tophash.core.errors.CorruptStoreException if the file is shorter
   */
  public void ensureMapped(long end) {
    mapping.ensureMapped(end);
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
    file.ensureLength(end, mapping.memory().windowBytes());
  }

  /**
   * Nothing is added for convenience behind this position, which may change; said before the first
   * {@link #ensureLength}.
   */
  public void limitTail(LongSupplier limit) {
    file.limitTail(limit);
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
    return !MemoryMode.IS_FAST && mapping.cut(end); // an access by address holds no window
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
    mapping.memory().force(Long.MAX_VALUE);
    file.sync();
  }

  /** Writes a part of the mapping back to the storage device and waits for it. */
  public void force(long position, long length) {
    mapping.memory().force(position, length);
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
   * Closes the file and gives up its locks; a second call does nothing. Each later access to the
   * memory fails with an exception; the mapping goes when it has become unreachable.
   */
  @Override
  public void close() {
    if (!file.beginClose()) {
      return;
    }
    try {
      watch.end();
      if (mapping != null) {
        mapping.clear();
      }
      file.close();
      FileThread.call(
          () -> {
            if (anchor != null) {
              anchor.release();
            }
            StoreAnchor.renew(path);
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
