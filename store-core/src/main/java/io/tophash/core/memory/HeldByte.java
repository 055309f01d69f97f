package io.tophash.core.memory;

import java.io.IOException;

/**
 * A byte of the sidecar that one thread holds for a while, which {@link Hold} says.
 *
 * <p>File thread only.
 */
final class HeldByte {
  private final RangeLock lock;
  private Hold holder; // null while nobody holds it

  HeldByte(RangeLock lock) {
    this.lock = lock;
  }

  /** Takes the byte for a thread; false if somebody has it, here or elsewhere. */
  boolean tryTake(Hold hold, boolean asShared) throws IOException {
    settle();
    if (hold.isOver || holder != null) {
      return false;
    }
    holder = hold; // first, so that an Error from here on leaves a hold that ends
    if (lock.tryTake(asShared)) {
      return true;
    }
    holder = null;
    return false;
  }

  /** Gives it up, if that thread holds it. */
  void giveUp(Hold hold) throws IOException {
    if (holder == hold) {
      holder = null;
      if (lock.isHeld()) {
        lock.giveUp();
      }
    }
  }

  /** Gives it up if the thread that held it was thrown out. */
  void settle() throws IOException {
    if (holder != null && holder.isOver) {
      giveUp(holder);
    }
  }
}
