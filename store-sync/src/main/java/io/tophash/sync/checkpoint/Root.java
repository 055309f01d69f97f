package io.tophash.sync.checkpoint;

import io.tophash.core.memory.BootId;
import io.tophash.core.memory.HeapBytes;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.RootLayout;
import io.tophash.sync.shard.Cut;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * What the root of a checkpoint says.
 *
 * @param epoch number of the checkpoint
 * @param fileBytes length of the file at the cut
 * @param cutMs wall clock at the cut; for people
 * @param level how durable changes are
 * @param logKeep {@link io.tophash.sync.format.EpochLayout#LOG_KEEP}
 * @param logRun run of the log in which what came later is, 0 if there is none
 * @param cut directory word of each shard, 0 for an empty one that has no directory; its number of
 *     entries; the position of its lane; and where the log begins that goes on from here
 * @param directorySums CRC-32C of the directory of each shard
 */
record Root(
    long epoch,
    long fileBytes,
    long cutMs,
    Level level,
    long logKeep,
    long logRun,
    Cut cut,
    int[] directorySums) {

  private static final int SHARDS = 1 << RegionLayout.MAX_SHARD_SHIFT;

  /** The root of a store in which nothing ever was. */
  static Root ofNew(long nowMs, Level level) {
    Cut nothing = new Cut(new long[SHARDS], new long[SHARDS], new long[SHARDS], 0, 0);
    return new Root(1, RegionLayout.EXTENT_BYTES, nowMs, level, 0, 0, nothing, new int[SHARDS]);
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
    HeapBytes.putLong(copy, RootLayout.LOG_START, cut.logStart());
    HeapBytes.putLong(copy, RootLayout.LOG_RUN, logRun);
    HeapBytes.putLong(copy, RootLayout.LOG_KEEP, logKeep);
    for (int shard = 0; shard < SHARDS; shard++) {
      int at = RootLayout.shard(shard);
      HeapBytes.putLong(copy, at, cut.directoryWords()[shard]);
      HeapBytes.putLong(copy, at + RootLayout.SHARD_COUNT, cut.counts()[shard]);
      HeapBytes.putLong(copy, at + RootLayout.SHARD_LANE, cut.lanes()[shard]);
      HeapBytes.putInt(copy, RootLayout.directorySum(shard), directorySums[shard]);
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
    long[] lanes = new long[SHARDS];
    int[] sums = new int[SHARDS];
    for (int shard = 0; shard < SHARDS; shard++) {
      int at = RootLayout.shard(shard);
      words[shard] = HeapBytes.getLong(copy, at);
      counts[shard] = HeapBytes.getLong(copy, at + RootLayout.SHARD_COUNT);
      lanes[shard] = HeapBytes.getLong(copy, at + RootLayout.SHARD_LANE);
      sums[shard] = HeapBytes.getInt(copy, RootLayout.directorySum(shard));
    }
    return new Root(
        HeapBytes.getLong(copy, RootLayout.EPOCH),
        HeapBytes.getLong(copy, RootLayout.FILE_BYTES),
        HeapBytes.getLong(copy, RootLayout.CUT_MS),
        Level.of(
            HeapBytes.getLong(copy, RootLayout.LEVEL),
            HeapBytes.getLong(copy, RootLayout.MAX_LOSS_MS)),
        HeapBytes.getLong(copy, RootLayout.LOG_KEEP),
        HeapBytes.getLong(copy, RootLayout.LOG_RUN),
        new Cut(words, counts, lanes, HeapBytes.getLong(copy, RootLayout.LOG_START), 0),
        sums);
  }

  private static int checksum(byte[] copy) {
    CRC32C crc = new CRC32C();
    crc.update(copy, 0, RootLayout.CHECKSUM);
    crc.update(copy, RootLayout.SHARDS, RootLayout.COPY_BYTES - RootLayout.SHARDS);
    return (int) crc.getValue();
  }
}
