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
import java.util.concurrent.ThreadLocalRandom;

/**
 * A file of which this JVM has bytes locked, by one channel. To close that drops all locks of this
 * process on the file, those of another channel too; and so does any code of the JVM that opens and
 * closes the file. Then all are gone at once; so one more lock, on a byte that nobody else ever
 * locks, tells whether they stand: the <em>canary</em>. The {@link LockKeeper} looks for it, and
 * takes them again.
 *
 * <p>File thread only.
 */
final class LockedFile implements LockKeeper.Kept {
  private static final System.Logger LOG = System.getLogger("io.tophash");

  /** From this byte on canaries are locked, and nothing else. */
  static final long CANARIES = 1L << 62;

  private static final int OPEN_ATTEMPTS = 10;
  private static final int ID_BITS = 48;
  private static final int FEW = 4;

  /** Lists of the kernel in which a lock must be missing. */
  private static final int LOOKS = 3;

  private final Path path;
  private final FileChannel channel;
  private final boolean writable;
  private final long id;
  private final List<RangeLock> held = new ArrayList<>(FEW);
  private RangeLock canary;
  private long canaryAt;
  private Listing listing = Listing.UNKNOWN;
  private boolean clashed;
  private boolean lost;
  // The last look found the locks gone, and nobody has said since that he had closed the file.
  private boolean unexplained;

  /** Whether the kernel lists locks on this file. */
  private enum Listing {
    /** Nobody has looked yet, or the canary was dropped before. */
    UNKNOWN,
    LISTED,
    /** It does not: then nothing says that locks were lost. */
    UNLISTED
  }

  private LockedFile(Path path, FileChannel channel, boolean writable, long id) {
    this.path = path;
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
        LockedFile file = new LockedFile(path, channel, writable, before);
        boolean kept = false;
        try {
          file.keep();
          kept = true;
          return file;
        } finally {
          if (!kept) {
            channel.close();
          }
        }
      }
      channel.close();
    }
    throw new IOException("somebody replaces it again and again");
  }

  /** For who does without a file, as there is none and it may not be made. */
  static LockedFile absent() {
    return new LockedFile(null, null, false, 0);
  }

  /** True if there is no file: every lock in it is to be had, and keeps nobody out. */
  boolean isAbsent() {
    return channel == null;
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
    if (isAbsent()) {
      return new byte[0];
    }
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

  void taken(RangeLock lock) {
    held.add(lock);
  }

  void givenUp(RangeLock lock) {
    held.remove(lock);
  }

  /**
   * Looks after the locks from now on. The canary is taken before any other lock, so whatever drops
   * one of them drops the canary too.
   */
  private void keep() throws IOException {
    canaryAt = CANARIES + (ThreadLocalRandom.current().nextLong() & CANARIES - 1);
    canary = new RangeLock(this, canaryAt, 1);
    if (!canary.tryTake(true)) {
      throw new IOException("its bytes cannot be locked");
    }
    LockKeeper.add(this);
  }

  /**
   * Looks whether the locks that were taken so far stand, and takes them again if not.
   *
   * @return false if somebody else has one by now
   */
  boolean confirm() throws IOException {
    return stands(KernelLocks.read()) || renew();
  }

  /**
   * Looks more than once before it says that the locks are gone: the kernel writes its list in
   * pieces, and while others give locks up a piece may leave one out that stands. To take locks
   * again that were not lost would give them up for a moment.
   *
   * @param locks the first list to look at
   */
  private boolean stands(KernelLocks locks) throws IOException {
    if (listing == Listing.UNKNOWN) {
      return learn(locks);
    }
    boolean stands = listing == Listing.UNLISTED || locks.has(canaryAt);
    for (int i = 1; i < LOOKS && !stands; i++) {
      stands = KernelLocks.read().has(canaryAt);
    }
    return stands;
  }

  /** The first look: if the canary is not listed, it was dropped already, or never will be. */
  private boolean learn(KernelLocks locks) throws IOException {
    if (locks.has(canaryAt)) {
      listing = Listing.LISTED;
      return true;
    }
    boolean renewed = renew();
    listing = KernelLocks.read().has(canaryAt) ? Listing.LISTED : Listing.UNLISTED;
    return renewed;
  }

  @Override
  public void look(KernelLocks locks) throws IOException {
    boolean standing = stands(locks);
    if (unexplained) {
      LOG.log(
          System.Logger.Level.WARNING,
          "this process lost its locks on a file, since something in it opened and closed that file"
              + " (a copy of the directory?); they are taken again, file={0}",
          path);
    }
    unexplained = !standing;
    if (!standing || lost) {
      boolean wasLost = lost;
      if (!renew() && !wasLost) {
        LOG.log(
            System.Logger.Level.ERROR,
            "another process has taken the locks meanwhile; close the store in one of them, file={0}",
            path);
      }
    }
  }

  /** True if another process has a lock that this one lost; it is tried again and again. */
  boolean isLost() {
    return lost;
  }

  /** As {@link #renew}, by who has closed the file elsewhere in this JVM, and so knows why. */
  boolean renewAfterClose() throws IOException {
    unexplained = false;
    return renew();
  }

  /** Takes all locks once more, as the kernel may have dropped them; false if others have some. */
  boolean renew() throws IOException {
    boolean all = true;
    for (RangeLock lock : held) { // the canary is the first
      all &= lock.renew();
    }
    lost = !all;
    return all;
  }

  /** Closes the channel, which drops all locks of this JVM on the file. */
  void close() throws IOException {
    LockKeeper.remove(this);
    if (!isAbsent()) {
      channel.close();
    }
  }

  /** Gives the channel up without closing it: locks on the file belong to another class loader. */
  void abandon() {
    LockKeeper.remove(this);
    JvmStores.keepForEver(channel);
  }
}
