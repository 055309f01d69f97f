package io.tophash.core.memory;

import java.io.IOException;
import java.nio.channels.FileLock;

/**
 * Some bytes of a {@link LockedFile}, and the kernel's lock on them if this JVM holds that. Within
 * the JVM one holds it at a time, as the kernel takes all of the JVM for one.
 *
 * <p>File thread only.
 */
final class RangeLock {
  private final LockedFile file;
  private final long at;
  private final long bytes;
  private boolean held;
  private boolean shared;
  private FileLock lock; // null while it is not held, or lost to somebody else, or there is no file

  RangeLock(LockedFile file, long at, long bytes) {
    this.file = file;
    this.at = at;
    this.bytes = bytes;
  }

  /** True if this JVM holds it. */
  boolean isHeld() {
    return held;
  }

  /** Takes the lock; false if anybody has it who excludes that, this JVM included. */
  boolean tryTake(boolean asShared) throws IOException {
    if (held || !tryLock(asShared)) {
      return false;
    }
    held = true;
    shared = asShared;
    file.taken(this);
    return true;
  }

  private boolean tryLock(boolean asShared) throws IOException {
    if (file.isAbsent()) {
      return true;
    }
    lock = file.tryLock(at, bytes, asShared);
    return lock != null;
  }

  /**
   * True if anybody has the bytes, this JVM included.
   *
   * @param exclusively true if only who has them exclusively counts; then two that test the same
   *     bytes do not mislead each other
   */
  boolean isTaken(boolean exclusively) throws IOException {
    return held || bytes > 0 && !file.isAbsent() && !file.isFree(at, bytes, exclusively);
  }

  /** Takes the lock once more, as the kernel may have dropped it; false if others have it now. */
  boolean renew() throws IOException {
    unlock();
    return tryLock(shared);
  }

  /** Gives the lock up. */
  Void giveUp() throws IOException {
    if (!held) {
      throw new IllegalStateException("this lock is not held");
    }
    held = false;
    file.givenUp(this);
    unlock();
    return null;
  }

  private void unlock() throws IOException {
    FileLock old = lock;
    lock = null;
    if (old != null) {
      old.release();
    }
  }
}
