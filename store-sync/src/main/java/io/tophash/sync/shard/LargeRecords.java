package io.tophash.sync.shard;

import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.segment.RecordImage;

/**
 * Large records: those with a block of their own. All methods are for the holder of the shard's
 * lock. A note names the block from before it is allocated until it is linked, and from before it
 * is unlinked until it is free.
 */
public final class LargeRecords {
  private final ShardContext context;
  private final MappedMemory memory;

  public LargeRecords(ShardContext context) {
    this.context = context;
    this.memory = context.memory();
  }

  private static int at(int shard, int note) {
    return Shards.position(shard, note);
  }

  /**
   * Writes a record to a block of its own, which is noted; returns the stub for the log.
   *
   * @param below the block must lie below this position; for compaction
   */
  public byte[] write(int shard, byte[] record, long hash, long below) {
    return write(shard, record, hash, below, 0, 0);
  }

  /** The same in a cache, behind when it expires. */
  public byte[] write(int shard, byte[] record, long hash, long below, long expires) {
    return write(shard, record, hash, below, CacheLayout.PREFIX_BYTES, expires);
  }

  private byte[] write(int shard, byte[] record, long hash, long below, int prefix, long expires) {
    long bytes =
        prefix == 0 ? record.length : CacheLayout.blockBytes(prefix + (long) record.length);
    int note = at(shard, ShardLayout.NEW_LARGE);
    long block =
        below == Long.MAX_VALUE
            ? context.allocator().allocate(bytes, shard, note)
            : context.allocator().exchangeBelow(below, bytes, shard, note);
    if (prefix != 0) {
      memory.putLong(block, 0, expires);
    }
    memory.putBytes(block + prefix, record, 0, record.length);
    CrashPoint.reached("large.written");
    return RecordImage.stub(record, hash, block);
  }

  /** The new block is linked, and the note has done its work; or it is not, and the block goes. */
  public void settleNew(int shard, boolean linked) {
    int note = at(shard, ShardLayout.NEW_LARGE);
    if (linked) {
      memory.putLongRelease(0, note, 0);
    } else {
      context.allocator().freeIfOwned(memory.getLong(0, note), shard, note);
    }
  }

  /** True if a new block waits for being linked. */
  public boolean hasNew(int shard) {
    return memory.getLong(0, at(shard, ShardLayout.NEW_LARGE)) != 0;
  }

  /** The block is about to be unlinked. */
  public void noteOld(int shard, long block) {
    memory.putLongRelease(0, at(shard, ShardLayout.OLD_LARGE), block);
    MappedMemory.storeStoreFence();
    CrashPoint.reached("large.noted");
  }

  /** The noted block is unlinked, and goes; or it stays after all. */
  public void settleOld(int shard, boolean unlinked) {
    int note = at(shard, ShardLayout.OLD_LARGE);
    if (unlinked) {
      CrashPoint.reached("large.unlinked");
      context.allocator().free(memory.getLong(0, note), shard, note);
    } else {
      memory.putLongRelease(0, note, 0);
    }
  }
}
