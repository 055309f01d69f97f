package io.tophash.sync.checkpoint;

import io.tophash.core.memory.BootId;
import io.tophash.core.memory.HeapBytes;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.RootLayout;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * What the root of a checkpoint says.
 *
 * @param epoch number of the checkpoint
 * @param fileBytes length of the file at the cut
 * @param cutMs wall clock at the cut; for people
 * @param level how durable changes are
 * @param directoryWords of each shard; 0 for an empty one that has no directory
 * @param counts number of entries of each shard
 */
record Root(
    long epoch, long fileBytes, long cutMs, Level level, long[] directoryWords, long[] counts) {

  private static final int SHARDS = 1 << RegionLayout.MAX_SHARD_SHIFT;

  /** The root of a store in which nothing ever was. */
  static Root ofNew(long nowMs, Level level) {
    return new Root(1, RegionLayout.EXTENT_BYTES, nowMs, level, new long[SHARDS], new long[SHARDS]);
  }

  /** One copy of the root. */
  byte[] toBytes(long storeId) {
    byte[] copy = new byte[RootLayout.COPY_BYTES];
    UUID boot = BootId.current();
    HeapBytes.LONG.set(copy, RootLayout.MAGIC, RootLayout.MAGIC_VALUE);
    HeapBytes.LONG.set(copy, RootLayout.EPOCH, epoch);
    HeapBytes.LONG.set(copy, RootLayout.BOOT_ID, boot.getMostSignificantBits());
    HeapBytes.LONG.set(copy, RootLayout.BOOT_ID + 8, boot.getLeastSignificantBits());
    HeapBytes.LONG.set(copy, RootLayout.STORE_ID, storeId);
    HeapBytes.LONG.set(copy, RootLayout.FILE_BYTES, fileBytes);
    HeapBytes.LONG.set(copy, RootLayout.CUT_MS, cutMs);
    HeapBytes.LONG.set(copy, RootLayout.LEVEL, level.code());
    HeapBytes.LONG.set(copy, RootLayout.MAX_LOSS_MS, level.maxLossMs());
    for (int shard = 0; shard < directoryWords.length; shard++) {
      int at = RootLayout.shard(shard);
      HeapBytes.LONG.set(copy, at, directoryWords[shard]);
      HeapBytes.LONG.set(copy, at + RootLayout.SHARD_COUNT, counts[shard]);
    }
    HeapBytes.INT.set(copy, RootLayout.CHECKSUM, checksum(copy));
    return copy;
  }

  /** The root in a copy; null if the copy is not whole, or of another store. */
  static Root parse(byte[] copy, long storeId) {
    if ((long) HeapBytes.LONG.get(copy, RootLayout.MAGIC) != RootLayout.MAGIC_VALUE
        || (long) HeapBytes.LONG.get(copy, RootLayout.STORE_ID) != storeId
        || (int) HeapBytes.INT.get(copy, RootLayout.CHECKSUM) != checksum(copy)) {
      return null;
    }
    long[] words = new long[SHARDS];
    long[] counts = new long[SHARDS];
    for (int shard = 0; shard < SHARDS; shard++) {
      int at = RootLayout.shard(shard);
      words[shard] = (long) HeapBytes.LONG.get(copy, at);
      counts[shard] = (long) HeapBytes.LONG.get(copy, at + RootLayout.SHARD_COUNT);
    }
    return new Root(
        (long) HeapBytes.LONG.get(copy, RootLayout.EPOCH),
        (long) HeapBytes.LONG.get(copy, RootLayout.FILE_BYTES),
        (long) HeapBytes.LONG.get(copy, RootLayout.CUT_MS),
        Level.of(
            (long) HeapBytes.LONG.get(copy, RootLayout.LEVEL),
            (long) HeapBytes.LONG.get(copy, RootLayout.MAX_LOSS_MS)),
        words,
        counts);
  }

  private static int checksum(byte[] copy) {
    CRC32C crc = new CRC32C();
    crc.update(copy, 0, RootLayout.CHECKSUM);
    crc.update(copy, RootLayout.SHARDS, RootLayout.COPY_BYTES - RootLayout.SHARDS);
    return (int) crc.getValue();
  }
}
