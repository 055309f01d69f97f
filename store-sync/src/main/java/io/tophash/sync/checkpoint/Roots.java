package io.tophash.sync.checkpoint;

import io.tophash.core.format.HeaderLayout;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.RootLayout;

/**
 * The two slots in which roots take turns. Whoever writes one holds the byte CHECKPOINT, or is
 * alone with the store.
 */
final class Roots {
  private final MappedMemory memory;

  Roots(MappedMemory memory) {
    this.memory = memory;
  }

  /** Writes a root, which does not reach the device before {@link #force}. */
  void put(int slot, Root root) {
    byte[] copy = root.toBytes(memory.getLong(0, HeaderLayout.STORE_ID));
    for (int i = 0; i < RootLayout.COPIES; i++) {
      memory.putBytes(
          RootLayout.slot(slot) + i * (long) RootLayout.COPY_BYTES, copy, 0, copy.length);
    }
  }

  /** Destroys the root in a slot, on the device too when this returns. */
  void destroy(int slot) {
    memory.zero(RootLayout.slot(slot), RootLayout.SLOT_BYTES);
    force(slot);
  }

  /** Waits until a slot is on the device. */
  void force(int slot) {
    memory.force(RootLayout.slot(slot), RootLayout.SLOT_BYTES);
  }

  /** The root in a slot; null if neither copy is whole. */
  Root read(int slot) {
    long storeId = memory.getLong(0, HeaderLayout.STORE_ID);
    byte[] copy = new byte[RootLayout.COPY_BYTES];
    for (int i = 0; i < RootLayout.COPIES; i++) {
      memory.getBytes(
          RootLayout.slot(slot) + i * (long) RootLayout.COPY_BYTES, copy, 0, copy.length);
      Root root = Root.parse(copy, storeId);
      if (root != null) {
        return root;
      }
    }
    return null;
  }

  /** The slot with the newest root; -1 if none is whole. */
  int newest() {
    Root first = read(0);
    Root second = read(1);
    if (first == null || second == null) {
      return first != null ? 0 : second != null ? 1 : -1;
    }
    return first.epoch() > second.epoch() ? 0 : 1;
  }
}
