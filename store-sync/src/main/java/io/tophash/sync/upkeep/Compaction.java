package io.tophash.sync.upkeep;

import io.tophash.sync.attach.SyncCore;
import io.tophash.sync.entry.RecordTable;
import io.tophash.sync.entry.SegmentTable;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.SyncRecordLayout;
import io.tophash.sync.segment.Gathered;
import io.tophash.sync.shard.ShardCompaction;
import io.tophash.sync.shard.Shards;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Moves what a store holds towards the start of its file, beside readers and writers, and gives the
 * end of the file back to the file system if nobody else has it open.
 *
 * <p>Everything moves by the ordinary operations: segments by rebuilds, large records by being
 * stored again. The file can be cut only if no access to its end can be under way anywhere. Readers
 * leave no trace, so that is certain only if this is the one process that has the store open; else
 * the end stays, free, until the next process that attaches alone cuts it.
 */
public final class Compaction {
  /** Room that is left besides, as blocks move before those that they replace are free. */
  private static final int SPARE_EXTENTS = 2;

  /** The first round finds out how small the segments can be, the next ones where they fit. */
  private static final int ROUNDS = 3;

  private final SyncCore core;
  private final SegmentTable table;
  private final Shards shards;
  private final ShardCompaction steps;

  public Compaction(SyncCore core, SegmentTable table) {
    this.core = core;
    this.table = table;
    this.shards = core.shards();
    this.steps = new ShardCompaction(shards);
  }

  public void run() {
    for (int round = 0; round < ROUNDS; round++) {
      long limit = limit();
      if (round > 0 && core.report().endOfUsed() <= limit) {
        break;
      }
      for (int shard = 0; shard < shards.context().shardCount(); shard++) {
        table.checkOpen();
        compactShard(shard, limit);
      }
    }
    cut();
  }

  /** Position below which all blocks have room: an extent holds blocks of one size only. */
  private long limit() {
    Map<Long, Long> blocks = new HashMap<>();
    core.report().forEachBlock((position, bytes, owner) -> blocks.merge(bytes, 1L, Long::sum));
    long extents = SPARE_EXTENTS;
    for (Map.Entry<Long, Long> size : blocks.entrySet()) {
      long perExtent = Math.max(1, RegionLayout.EXTENT_BYTES / size.getKey());
      long each = (size.getKey() + RegionLayout.EXTENT_BYTES) / RegionLayout.EXTENT_BYTES;
      extents += (size.getValue() + perExtent - 1) / perExtent * each;
    }
    long perWindow = core.memory().windowBytes() / RegionLayout.EXTENT_BYTES - 1;
    long windows = extents / perWindow + 1;
    return (extents + windows) * RegionLayout.EXTENT_BYTES;
  }

  private void compactShard(int shard, long limit) {
    int shift = shards.context().shardShift();
    long start = shift == 0 ? 0 : (long) shard << 64 - shift;
    long hash = start;
    do {
      int bits = shift + steps.compactSegment(shard, hash, limit);
      if (table instanceof RecordTable) {
        moveLargeRecords((RecordTable) table, shard, hash, limit);
      }
      long size = bits == 0 ? 0 : 1L << 64 - bits;
      hash = bits == 0 ? 0 : (hash & -size) + size;
    } while (hash != 0 && shards.context().shardOf(hash) == shard);
    steps.compactDirectory(shard, limit);
  }

  private void moveLargeRecords(RecordTable records, int shard, long hash, long limit) {
    List<byte[]> keys = new ArrayList<>();
    Gathered g = shards.scratches().borrow();
    try {
      // Under the lock a large record stays where it is, so its key can be read.
      shards.gather(shard, hash, g, () -> copyLargeKeys(records, g, limit, keys));
    } finally {
      shards.scratches().giveBack(g);
    }
    for (byte[] key : keys) {
      records.moveLarge(key, limit);
    }
  }

  /** Adds the keys of gathered large records that stand behind a position. */
  private void copyLargeKeys(RecordTable records, Gathered g, long limit, List<byte[]> keys) {
    for (int i = 0; i < g.count(); i++) {
      long block = shards.context().kind().largeBlock(g, i);
      if (block >= limit) {
        int lengths = core.memory().getInt(block, SyncRecordLayout.KEY_LENGTH);
        keys.add(
            records.copy(block, SyncRecordLayout.PAYLOAD, SyncRecordLayout.keyLength(lengths)));
      }
    }
  }

  /** Cuts the file behind the last extent in use, if nobody else can be there. */
  private void cut() {
    core.whileAlone(
        () ->
            shards.withAllLocks(
                // What is given up here comes back by the way of all new space.
                () -> core.file().cut(core.allocator().cutTail())));
  }
}
