package io.tophash.sync.upkeep;

import io.tophash.sync.attach.SyncCore;
import io.tophash.sync.entry.OpenTable;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.shard.SegmentCursor;
import io.tophash.sync.shard.ShardCompaction;
import io.tophash.sync.shard.Shards;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongUnaryOperator;

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

  /**
   * The first round finds out how small the segments can be, the next ones where they fit. In a
   * full file each can move only so much as the one before has made room for.
   */
  private static final int ROUNDS = 20;

  private final SyncCore core;
  private final OpenTable table;
  private final Shards shards;
  private final ShardCompaction steps;

  /**
   * @param core the attached store
   * @param table its entries
   */
  public Compaction(SyncCore core, OpenTable table) {
    this.core = core;
    this.table = table;
    this.shards = core.shards();
    this.steps = new ShardCompaction(shards);
  }

  /** Compacts the store. */
  public void run() {
    core.allocator().putFull(false);
    long moved = 0;
    for (int round = 0; round < ROUNDS; round++) {
      giveBackQuarantined();
      long end = core.report().endOfUsed();
      long limit = limit();
      if (round > 0 && (end <= limit || steps.moved() == moved)) {
        break;
      }
      moved = steps.moved();
      limit = Math.min(limit, end); // beyond it the file would grow
      LongUnaryOperator limits = limitOfEach(limit);
      for (int shard = 0; shard < shards.context().shardCount(); shard++) {
        table.checkOpen();
        compactShard(shard, limit, limits);
      }
    }
    giveBackQuarantined();
    cut();
  }

  /** What a checkpoint still names is given back by a newer one. */
  private void giveBackQuarantined() {
    if (core.report().quarantinedBytes() > 0) {
      core.checkpoints().force();
    }
    core.allocator().tail().giveBackEmpty();
  }

  /** Position below which all blocks have room: an extent holds blocks of one size only. */
  private long limit() {
    Map<Long, Long> blocks = new HashMap<>();
    core.report().forEachBlock((position, bytes, owner) -> blocks.merge(bytes, 1L, Long::sum));
    long extents = SPARE_EXTENTS + core.report().spareExtents();
    for (Map.Entry<Long, Long> size : blocks.entrySet()) {
      long perExtent = Math.max(1, RegionLayout.EXTENT_BYTES / size.getKey());
      long each = (size.getKey() + RegionLayout.EXTENT_BYTES) / RegionLayout.EXTENT_BYTES;
      extents += (size.getValue() + perExtent - 1) / perExtent * each;
    }
    long perWindow = core.memory().windowBytes() / RegionLayout.EXTENT_BYTES - 1;
    long windows = extents / perWindow + 1;
    return (extents + windows) * RegionLayout.EXTENT_BYTES;
  }

  /**
   * For blocks of each size, the position below which all of them have room in extents of their
   * size. Sizes that segments have grown out of leave extents behind of which most blocks are free;
   * what is in the upper ones goes to the lower ones, and they can be of any size again.
   */
  private LongUnaryOperator limitOfEach(long limit) {
    Map<Long, Long> blocks = new HashMap<>();
    Map<Long, TreeSet<Long>> extents = new HashMap<>();
    core.report()
        .forEachBlock(
            (position, bytes, owner) -> {
              blocks.merge(bytes, 1L, Long::sum);
              extents
                  .computeIfAbsent(bytes, size -> new TreeSet<>())
                  .add(position / RegionLayout.EXTENT_BYTES);
            });
    Map<Long, Long> limits = new HashMap<>();
    extents.forEach(
        (bytes, numbers) -> {
          long perExtent = Math.max(1, RegionLayout.EXTENT_BYTES / bytes);
          long wanted = (blocks.get(bytes) + perExtent - 1) / perExtent;
          if (bytes < RegionLayout.EXTENT_BYTES && wanted < numbers.size()) {
            long last = numbers.stream().skip(wanted - 1).findFirst().orElseThrow();
            limits.put(bytes, Math.min(limit, (last + 1) * RegionLayout.EXTENT_BYTES));
          }
        });
    return bytes -> limits.getOrDefault(bytes, limit);
  }

  private void compactShard(int shard, long limit, LongUnaryOperator limits) {
    SegmentCursor cursor = SegmentCursor.ofShard(shards.context(), shard);
    while (!cursor.isOver()) {
      int local = steps.compactSegment(shard, cursor.hash(), limit, limits);
      table.moveLargeRecords(shard, cursor.hash(), limit);
      cursor.pass(local);
    }
    steps.compactDirectory(shard, limit);
  }

  /** Cuts the file behind the last extent in use, if nobody else can be there. */
  private void cut() {
    core.whileAlone(
        () ->
            core.wholeShards()
                .withAllLocks(
                    // What is given up here comes back by the way of all new space.
                    () -> core.file().cut(core.allocator().tail().cut())));
  }
}
