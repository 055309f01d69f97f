package io.tophash.core.memory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of which this JVM has bytes locked, by one channel. To close that drops all locks of this
 * process on the file, those of another channel too.
 *
 * <p>File thread only.
 */
final class LockedFile {
  private static final int OPEN_ATTEMPTS = 10;
  private static final int ID_BITS = 48;

  // Channels that met the lock of another class loader of this JVM: closing them would drop it.
  private static final List<FileChannel> NEVER_CLOSED = new ArrayList<>();

  private final FileChannel channel;
  private final boolean writable;
  private final long id;
  private boolean clashed;

  private LockedFile(FileChannel channel, boolean writable, long id) {
    this.channel = channel;
    this.writable = writable;
    this.id = id;
  }

  /** Opens a file, and learns its number, which only its name can be asked for. */
  static LockedFile open(Path path, boolean writable) throws IOException {
    StandardOpenOption[] options =
        writable
            ? new StandardOpenOption[] {StandardOpenOption.READ, StandardOpenOption.WRITE}
            : new StandardOpenOption[] {StandardOpenOption.READ};
    for (int i = 0; i < OPEN_ATTEMPTS; i++) {
      long before = id(path);
      FileChannel channel = FileChannel.open(path, options);
      if (id(path) == before) {
        return new LockedFile(channel, writable, before);
      }
      channel.close();
    }
    throw new IOException("somebody replaces it again and again");
  }

  /** Opens a file for reading and writing; makes an empty one if it is not there. */
  static LockedFile make(Path path) throws IOException {
    try {
      Files.createFile(path);
    } catch (FileAlreadyExistsException e) {
      // the usual case
    }
    return open(path, true);
  }

  /**
   * The number of the file that stands under this name now, of 48 bits: of its device and its
   * inode, as each of two devices counts its inodes for itself. 0 if the system has none.
   */
  static long id(Path path) throws IOException {
    try {
      long inode = ((Number) Files.getAttribute(path, "unix:ino")).longValue();
      long device = ((Number) Files.getAttribute(path, "unix:dev")).longValue();
      long mixed = (inode ^ Long.rotateLeft(device, 32)) * 0x9E37_79B9_7F4A_7C15L;
      return mixed >>> Long.SIZE - ID_BITS;
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      return 0; // such a system does not let an open file be removed
    }
  }

  /** The number of the file: {@link #id(Path)}. */
  long id() {
    return id;
  }

  /** True if exclusive locks can be had. */
  boolean isWritable() {
    return writable;
  }

  /** True if a lock of another channel of this JVM was met. */
  boolean hasClashed() {
    return clashed;
  }

  /** Locks bytes; null if another process, or another channel of this one, has them. */
  FileLock tryLock(long at, long bytes, boolean shared) throws IOException {
    try {
      return channel.tryLock(at, bytes, shared);
    } catch (OverlappingFileLockException e) {
      clashed = true;
      return null;
    }
  }

  /** True if these bytes could be locked, which is tried. */
  boolean isFree(long at, long bytes, boolean shared) throws IOException {
    FileLock lock = tryLock(at, bytes, shared);
    if (lock == null) {
      return false;
    }
    lock.release();
    return true;
  }

  /** Reads bytes of the file; fewer than asked for at its end. */
  byte[] read(long at, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    int length = Math.max(0, channel.read(buffer, at));
    byte[] read = new byte[length];
    buffer.flip().get(read);
    return read;
  }

  /** Writes bytes to the file. */
  void write(long at, byte[] bytes) throws IOException {
    channel.write(ByteBuffer.wrap(bytes), at);
  }

  /** Closes the channel, which drops all locks of this JVM on the file. */
  void close() throws IOException {
    channel.close();
  }

  /** Gives the channel up without closing it: locks on the file belong to another class loader. */
  void abandon() {
    NEVER_CLOSED.add(channel);
  }
}
