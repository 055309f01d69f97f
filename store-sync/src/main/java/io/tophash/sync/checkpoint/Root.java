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
    HeapBytes.putLong(copy, RootLayout.MAGIC, RootLayout.MAGIC_VALUE);
    HeapBytes.putLong(copy, RootLayout.EPOCH, epoch);
    HeapBytes.putLong(copy, RootLayout.BOOT_ID, boot.getMostSignificantBits());
    HeapBytes.putLong(copy, RootLayout.BOOT_ID + 8, boot.getLeastSignificantBits());
    HeapBytes.putLong(copy, RootLayout.STORE_ID, storeId);
    HeapBytes.putLong(copy, RootLayout.FILE_BYTES, fileBytes);
    HeapBytes.putLong(copy, RootLayout.CUT_MS, cutMs);
    HeapBytes.putLong(copy, RootLayout.LEVEL, level.code());
    HeapBytes.putLong(copy, RootLayout.MAX_LOSS_MS, level.maxLossMs());
    for (int shard = 0; shard < directoryWords.length; shard++) {
      int at = RootLayout.shard(shard);
      HeapBytes.putLong(copy, at, directoryWords[shard]);
      HeapBytes.putLong(copy, at + RootLayout.SHARD_COUNT, counts[shard]);
    }
    HeapBytes.putInt(copy, RootLayout.CHECKSUM, checksum(copy));
    return copy;
  }

  /** The root in a copy; null if the copy is not whole, or of another store. */
  static Root parse(byte[] copy, long storeId) {
    if (HeapBytes.getLong(copy, RootLayout.MAGIC) != RootLayout.MAGIC_VALUE
        || HeapBytes.getLong(copy, RootLayout.STORE_ID) != storeId
        || HeapBytes.getInt(copy, RootLayout.CHECKSUM) != checksum(copy)) {
      return null;
    }
    long[] words = new long[SHARDS];
    long[] counts = new long[SHARDS];
    for (int shard = 0; shard < SHARDS; shard++) {
      int at = RootLayout.shard(shard);
      words[shard] = HeapBytes.getLong(copy, at);
      counts[shard] = HeapBytes.getLong(copy, at + RootLayout.SHARD_COUNT);
    }
    return new Root(
        HeapBytes.getLong(copy, RootLayout.EPOCH),
        HeapBytes.getLong(copy, RootLayout.FILE_BYTES),
        HeapBytes.getLong(copy, RootLayout.CUT_MS),
        Level.of(
            HeapBytes.getLong(copy, RootLayout.LEVEL),
            HeapBytes.getLong(copy, RootLayout.MAX_LOSS_MS)),
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
