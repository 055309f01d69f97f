package io.tophash.core.memory;

import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreLockedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The sidecar {@code NAME.lock}: who has a store open. The kernel drops the locks on it however a
 * process ends, so a killed opener never leaves a store locked.
 *
 * <p>Bytes 0 to 4095 are lock bytes and carry no content: an exclusive opener locks all of them, a
 * read-only opener locks them shared. From byte 4096 on stands a line of text about the exclusive
 * owner, for people only. The file stays when the store is closed. If it is removed while a store
 * is open, {@link StoreAnchor} keeps others out.
 *
 * <p>The other way to use this file is {@link Sidecar}, which locks single bytes of the same range;
 * so a writable {@code HashStore} and a {@code SyncStore} exclude each other.
 *
 * <p>The sidecar is opened once per JVM: closing a second channel would drop the lock of the first.
 */
final class LockFile {
  private static final long LOCK_BYTES = 4096;
  private static final int NOTE_BYTES = 256;

  private static final Map<Path, LockFile> OPEN = new HashMap<>();
  // Channels that met the lock of another class loader of this JVM: closing them would drop it.
  private static final List<FileChannel> NEVER_CLOSED = new ArrayList<>();

  private final Path store;
  private final boolean exclusive;
  private final FileChannel channel;
  private StoreAnchor anchor;
  private int holders = 1;

  private LockFile(Path store, boolean exclusive, FileChannel channel) {
    this.store = store;
    this.exclusive = exclusive;
    this.channel = channel;
  }

  /**
   * Locks the store.
   *
   * @param store absolute path of the store with symbolic links resolved
   * @param exclusive true to be alone, false to share it with other readers
   * @throws StoreLockedException if another opener, in this process or elsewhere, is in the way
   */
  static LockFile acquire(Path store, boolean exclusive) {
    try {
      return FileThread.call(() -> acquireHere(store, exclusive));
    } catch (IOException e) {
      throw new StoreException(
          "cannot lock the store: "
              + reason(e)
              + "; keep it on a local file system where this process"
              + " may create files, lockFile="
              + path(store),
          e);
    }
  }

  static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    return e instanceof FileSystemException && ((FileSystemException) e).getReason() != null
        ? ((FileSystemException) e).getReason()
        : String.valueOf(e.getMessage());
  }

  static Path path(Path store) {
    return store.resolveSibling(store.getFileName() + ".lock");
  }

  private static LockFile acquireHere(Path store, boolean exclusive) throws IOException {
    LockFile open = OPEN.get(store);
    if (open != null) {
      if (exclusive || open.exclusive) {
        throw new StoreLockedException(
            "the store is already open in this process: a writable HashStore is exclusive; close the"
                + " first one, store="
                + store);
      }
      open.holders++;
      return open;
    }
    if (Sidecar.isOpenHere(store)) {
      // Before a second channel is opened: to close it would drop the locks of the first.
      throw new StoreLockedException(
          "the store is already open in this process as a SyncStore; close that one first, store="
              + store);
    }
    FileChannel channel = openChannel(store, exclusive);
    if (channel != null && !tryLock(store, channel, exclusive)) {
      String owner =
          exclusive && tryLock(store, channel, false) ? "read-only openers" : readNote(channel);
      channel.close();
      throw new StoreLockedException(
          "another process has the store open: a writable HashStore is exclusive; close it there,"
              + " or wait until that process ends, store="
              + store
              + " owner="
              + owner);
    }
    LockFile lock = new LockFile(store, exclusive, channel);
    if (exclusive) {
      writeNote(channel);
    }
    OPEN.put(store, lock);
    return lock;
  }

  private static FileChannel openChannel(Path store, boolean exclusive) throws IOException {
    Path path = path(store);
    if (exclusive) {
      return FileChannel.open(
          path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }
    try {
      return FileChannel.open(path, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      // Who may not create it may not write the store either. Nor can a writer hold the store: each
      // creates this file first.
      try {
        Files.createFile(path);
      } catch (FileAlreadyExistsException createdMeanwhile) {
        return FileChannel.open(path, StandardOpenOption.READ);
      } catch (IOException notWritable) {
        return null;
      }
      return FileChannel.open(path, StandardOpenOption.READ);
    }
  }

  private static boolean tryLock(Path store, FileChannel channel, boolean exclusive)
      throws IOException {
    try {
      FileLock lock = channel.tryLock(0, LOCK_BYTES, !exclusive);
      return lock != null;
    } catch (OverlappingFileLockException e) {
      throw clash(store, channel);
    }
  }

  /** True if a store of this process that is no {@code SyncStore} has the sidecar open. */
  static boolean isOpenHere(Path store) {
    return OPEN.containsKey(store);
  }

  /** A lock of another class loader was met; the channel stays open from now on. */
  static StoreLockedException clash(Path store, FileChannel channel) {
    NEVER_CLOSED.add(channel);
    return new StoreLockedException(
        "the store is already open in this process through another class loader; close it there,"
            + " store="
            + store);
  }

  static String readNote(FileChannel channel) {
    try {
      ByteBuffer note = ByteBuffer.allocate(NOTE_BYTES);
      int length = Math.max(0, channel.read(note, LOCK_BYTES));
      String text = new String(note.array(), 0, length, StandardCharsets.UTF_8).trim();
      return text.isEmpty() ? "unknown" : "{" + text + "}";
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static void writeNote(FileChannel channel) {
    Instant started = ThisProcess.started();
    String text =
        "pid="
            + ThisProcess.pid()
            + " started="
            + (started == null ? "unknown" : started)
            + " host="
            + ThisProcess.hostName();
    byte[] note = new byte[NOTE_BYTES];
    java.util.Arrays.fill(note, (byte) ' ');
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, note, 0, Math.min(bytes.length, NOTE_BYTES));
    try {
      channel.write(ByteBuffer.wrap(note), LOCK_BYTES);
    } catch (IOException e) {
      // The disk may be full, which is no reason to refuse to open: the note is for people only.
    }
  }

  /**
   * Locks the store's own file too, once for all holders.
   *
   * @param file the store, perhaps under the name that it has until it is complete
   * @throws StoreLockedException if somebody has the store open by another lock file
   */
  void anchor(Path file) throws IOException {
    FileThread.call(
        () -> {
          if (anchor == null) {
            anchor = StoreAnchor.holdAll(store, file, !exclusive);
          }
          return null;
        });
  }

  /** Gives the lock up; the last holder of a shared lock closes the sidecar. */
  void release() {
    try {
      FileThread.call(
          () -> {
            if (--holders == 0) {
              OPEN.remove(store);
              if (anchor != null) {
                anchor.release();
              }
              if (channel != null) {
                channel.close();
              }
            }
            return null;
          });
    } catch (IOException e) {
      throw new StoreException("cannot release the lock of the store, store=" + store, e);
    }
  }
}
