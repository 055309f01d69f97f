package io.tophash.sync.checkpoint;

import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.ImageLayout;
import io.tophash.sync.format.RootLayout;
import io.tophash.sync.shard.DirectorySums;

/** What a pinned checkpoint would have as its root, for who copies it to another file. */
public final class PinnedRoot {
  private PinnedRoot() {}

  /**
   * Both slots: the root in the first one, nothing in the other.
   *
   * @param memory of the store; what is pinned does not change
   * @param fileBytes length of the file that it is for
   */
  public static byte[] slots(MappedMemory memory, Pin pin, long fileBytes, long storeId) {
    EpochWords words = new EpochWords(memory);
    int[] sums = DirectorySums.of(memory, pin.cut());
    byte[] copy =
        new Root(
                pin.number(),
                fileBytes,
                System.currentTimeMillis(),
                words.level(),
                words.get(EpochLayout.LOG_KEEP),
                0,
                pin.cut(),
                sums)
            .toBytes(storeId);
    byte[] slots = new byte[2 * RootLayout.SLOT_BYTES];
    for (int i = 0; i < RootLayout.COPIES; i++) {
      System.arraycopy(copy, 0, slots, i * RootLayout.COPY_BYTES, RootLayout.COPY_BYTES);
    }
    return slots;
  }

  /**
   * Forgets the images of checkpoints that never were, for who takes a store back to an older one:
   * their numbers will be used again.
   */
  static void forgetImages(MappedMemory memory, long checkpoint) {
    for (int i = 0; i < ImageLayout.MADE_COUNT; i++) {
      if (memory.getLong(0, ImageLayout.made(i)) > checkpoint) {
        memory.putLong(0, ImageLayout.made(i), 0);
      }
    }
  }
}
