package io.tophash.sync.checkpoint;

import io.tophash.sync.format.EpochLayout;
import java.util.TreeSet;

/**
 * The checkpoints that this process reads. Its word in the file has the lowest of them, so nothing
 * that they name is used again while the process lives; when it dies the word says nothing.
 *
 * <p>Thread-safe.
 */
final class Pins {
  private final EpochWords words;
  private final int field;
  private final TreeSet<Long> open = new TreeSet<>();
  private boolean owes;

  /**
   * @param words of the store
   * @param slot of this process, which has just got it
   */
  Pins(EpochWords words, int slot) {
    this.words = words;
    this.field = EpochLayout.pin(slot);
    words.put(field, 0); // of a former process with this row
  }

  /**
   * For the holder of CHECKPOINT: so nobody moves REUSE_BELOW on meanwhile.
   *
   * @param wasChanged true if something was changed between the newest durable one and this
   */
  synchronized void add(long checkpoint, boolean wasChanged) {
    owes |= wasChanged;
    open.add(checkpoint);
    put();
  }

  /** True if this process reads no checkpoint any more. */
  synchronized boolean remove(long checkpoint) {
    open.remove(checkpoint);
    put();
    return open.isEmpty();
  }

  /** Whether something waits for a checkpoint that was changed before one of these; once. */
  synchronized boolean takeOwed() {
    boolean owed = owes;
    owes = false;
    return owed;
  }

  private void put() {
    words.put(field, open.isEmpty() ? 0 : open.first());
  }
}
