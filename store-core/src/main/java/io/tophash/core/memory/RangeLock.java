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
  private FileLock held;

  RangeLock(LockedFile file, long at, long bytes) {
    this.file = file;
    this.at = at;
    this.bytes = bytes;
  }

  /** True if this JVM holds it. */
  boolean isHeld() {
    return held != null;
  }

  /** Takes the lock; false if anybody has it who excludes that, this JVM included. */
  boolean tryTake(boolean shared) throws IOException {
    if (held != null) {
      return false;
    }
    held = file.tryLock(at, bytes, shared);
    return held != null;
  }

  /**
   * True if anybody has the bytes, this JVM included.
   *
   * @param shared true if only who has them exclusively counts; then two that test the same bytes
   *     do not mislead each other
   */
  boolean isTaken(boolean shared) throws IOException {
    return held != null || bytes > 0 && !file.isFree(at, bytes, shared);
  }

  /** Takes the lock once more, as the kernel may have dropped it; false if others have it now. */
  boolean renew() throws IOException {
    FileLock old = held;
    old.release();
    held = file.tryLock(at, bytes, old.isShared());
    if (held == null) {
      held = old; // so that it is tried again, and given up in the end
      return false;
    }
    return true;
  }

  /** Gives the lock up. */
  Void giveUp() throws IOException {
    FileLock lock = held;
    held = null;
    if (lock == null) {
      throw new IllegalStateException("this lock is not held");
    }
    lock.release();
    return null;
  }
}
