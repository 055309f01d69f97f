package io.tophash.core.memory;

import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreLockedException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The one channel through which this JVM has a {@link Sidecar} open: how it is had, and when it may
 * be closed. To close it drops all locks of this process on the file, those of another class loader
 * too; so a channel that met such a lock stays open.
 *
 * <p>File thread only.
 */
final class SidecarChannel {
  private static final int OPEN_ATTEMPTS = 10;

  private final Path store;
  private final FileChannel channel;
  private final boolean writable;
  private final long id;
  private boolean clashed;

  private SidecarChannel(Path store, FileChannel channel, boolean writable, long id) {
    this.store = store;
    this.channel = channel;
    this.writable = writable;
    this.id = id;
  }

  /**
   * Opens the sidecar of a store; a missing one is created.
   *
   * @param readOnly true for an opener that may do without the right to write the sidecar
   * @throws StoreException if it cannot be had
   */
  static SidecarChannel open(Path store, boolean readOnly) {
    Path path = LockFile.path(store);
    try {
      try {
        Files.createFile(path);
      } catch (FileAlreadyExistsException e) {
        // the usual case
      }
      return open(store, path, true, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (IOException e) {
      if (!readOnly) {
        throw notWritable(store, e);
      }
    }
    try {
      return open(store, path, false, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw new StoreException(
          "the lock file of the store is missing and this process may not create it; open the store"
              + " once for writing, or create the file empty with read permission, lockFile="
              + path,
          e);
    } catch (IOException e) {
      throw new StoreException(
          "cannot read the lock file of the store: "
              + LockFile.reason(e)
              + "; give this process the permission to read it, lockFile="
              + path,
          e);
    }
  }

  /** Opens a file and learns its number, which only its name can be asked for. */
  private static SidecarChannel open(
      Path store, Path path, boolean writable, StandardOpenOption... options) throws IOException {
    for (int i = 0; i < OPEN_ATTEMPTS; i++) {
      long before = StoreAnchor.lockFileId(path);
      FileChannel channel = FileChannel.open(path, options);
      if (StoreAnchor.lockFileId(path) == before) {
        return new SidecarChannel(store, channel, writable, before);
      }
      channel.close();
    }
    throw new IOException("somebody replaces it again and again");
  }

  /**
   * Says that the sidecar cannot be written.
   *
   * @param e why; null if it is open for reading only
   */
  static StoreException notWritable(Path store, IOException e) {
    return new StoreException(
        "cannot write the lock file of the store: "
            + (e == null ? "it is open for reading only in this process" : LockFile.reason(e))
            + "; give this process the permission to write it, or open the store with"
            + " readOnly(true), lockFile="
            + LockFile.path(store),
        e);
  }

  /** True if exclusive locks can be had. */
  boolean isWritable() {
    return writable;
  }

  /** The number of the file: {@link StoreAnchor#lockFileId}. */
  long id() {
    return id;
  }

  /**
   * Locks a byte unless another process has it locked.
   *
   * @return null if so
   * @throws StoreLockedException if another class loader of this JVM has it locked
   */
  FileLock tryLock(long at, boolean shared) throws IOException {
    try {
      return channel.tryLock(at, 1, shared);
    } catch (OverlappingFileLockException e) {
      clashed = true;
      throw LockFile.clash(store, channel);
    }
  }

  /** Who has a {@code HashStore} open for writing, or had it last, for messages. */
  String owner() {
    return LockFile.readNote(channel);
  }

  /** Closes the channel, which drops all locks, unless some of them belong to others. */
  void close() throws IOException {
    if (!clashed) {
      channel.close();
    }
  }
}
