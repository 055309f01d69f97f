package io.tophash.core.memory;

import java.io.IOException;
import java.nio.channels.FileLock;

/**
 * One byte of a {@link Sidecar}, and the kernel's lock on it if this JVM holds that. Within the JVM
 * one holds it at a time, as the kernel takes all of the JVM for one.
 *
 * <p>File thread only.
 */
final class ByteLock {
  private final SidecarChannel channel;
  private final long at;
  private FileLock held;

  ByteLock(SidecarChannel channel, long at) {
    this.channel = channel;
    this.at = at;
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
    held = channel.tryLock(at, shared);
    return held != null;
  }

  /** True if anybody has it exclusively, this JVM included. */
  boolean isTaken() throws IOException {
    if (held != null) {
      return true;
    }
    // Shared, so that two processes that test the same byte do not mislead each other.
    FileLock lock = channel.tryLock(at, true);
    if (lock == null) {
      return true;
    }
    lock.release();
    return false;
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
