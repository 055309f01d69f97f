package io.tophash.sync.checkpoint;

import io.tophash.core.errors.StoreException;
import io.tophash.core.memory.StoreFile;
import io.tophash.sync.format.EpochLayout;

/**
 * Whether the device still takes what is written back. Once it did not, the system may have
 * forgotten what it could not write, and no later success means anything: there are no more
 * checkpoints in any process, until the store is opened after a stop of the machine.
 *
 * <p>Thread-safe, wait-free.
 */
final class Device {
  private final StoreFile file;
  private final EpochWords words;

  Device(StoreFile file, EpochWords words) {
    this.file = file;
    this.words = words;
  }

  /** True if the store could not be written back once. */
  boolean isBroken() {
    return words.get(EpochLayout.BROKEN) != 0;
  }

  /**
   * @throws StoreException if it could not
   */
  void check() {
    if (isBroken()) {
      throw new StoreException(message(null));
    }
  }

  /** Says so for all processes; the caller throws what this returns. */
  StoreException broken(RuntimeException cause) {
    words.put(EpochLayout.BROKEN, 1);
    return new StoreException(message(cause), cause);
  }

  /**
   * Refuses changes, or no longer, by what is known: where a limit of loss was asked for and cannot
   * be kept, a change is refused rather than made and lost.
   */
  void heed() {
    file.refuseChanges(isBroken() && words.level().limitsLoss() ? message(null) : null);
  }

  private String message(RuntimeException cause) {
    return "the store could not be written back to the device, so what was stored since the last"
        + " checkpoint would be lost in a power cut; it can still be read and copied: make a"
        + " backup on another device, then look after this one, store="
        + file.path()
        + " checkpoint="
        + words.get(EpochLayout.DURABLE)
        + (cause == null ? "" : " reason=" + cause.getMessage());
  }
}
