package io.tophash.sync.extent;

import io.tophash.core.errors.StoreFullException;

/**
 * How many bytes of blocks each owner may have. Asked before a block is taken and told after one
 * was freed, by the holder of the owner's lock; so what it has counted is never less than what the
 * owner has, wherever a process is killed.
 */
public interface Quota {
  /** Of a store without bounds. */
  Quota NONE =
      new Quota() {
        @Override
        public void take(int ownerId, long bytes, long credit) {}

        @Override
        public void give(int ownerId, long bytes) {}
      };

  /**
   * The owner is about to get a block of so many bytes.
   *
   * @param credit so many bytes the owner gives back right afterwards, so they may be too many
   * @throws StoreFullException if it must not have that much
   */
  void take(int ownerId, long bytes, long credit);

  /** The owner does not have so many bytes any more. */
  void give(int ownerId, long bytes);
}
