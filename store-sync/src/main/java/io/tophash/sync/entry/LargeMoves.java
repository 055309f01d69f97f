package io.tophash.sync.entry;

import io.tophash.core.errors.StoreFullException;
import io.tophash.core.hash.KeyHash;
import io.tophash.sync.segment.Gathered;
import io.tophash.sync.segment.RecordImage;
import io.tophash.sync.segment.RecordSegments;
import io.tophash.sync.shard.WholeShards;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings large records towards the start of the file, for compaction: each is stored again, below a
 * position if there is room, as a change that anybody else's change wins over.
 */
final class LargeMoves {
  private final SegmentTable<RecordOp> table;
  private final RecordSegments segments;
  private final KeyHash keyHash;
  private final RecordLookup lookup;

  LargeMoves(
      SegmentTable<RecordOp> table, RecordSegments segments, KeyHash keyHash, RecordLookup lookup) {
    this.table = table;
    this.segments = segments;
    this.keyHash = keyHash;
    this.lookup = lookup;
  }

  /** Moves those of the segment of a hash that stand behind a position. */
  void run(int shard, long hash, long limit) {
    List<byte[]> keys = new ArrayList<>();
    Gathered g = table.shards.scratches().borrow();
    try {
      // Under the lock a large record stays where it is, so its key can be read.
      new WholeShards(table.shards).gather(shard, hash, g, () -> copyKeys(g, limit, keys));
    } finally {
      table.shards.scratches().giveBack(g);
    }
    for (byte[] key : keys) {
      move(key, limit);
    }
  }

  /** Adds the keys of gathered large records that stand behind a position. */
  private void copyKeys(Gathered g, long limit, List<byte[]> keys) {
    for (int i = 0; i < g.count(); i++) {
      if (g.largeBlock(i) >= limit) {
        keys.add(segments.large().key(g.largeBlock(i), Long.MAX_VALUE));
      }
    }
  }

  private void move(byte[] key, long below) {
    long hash = keyHash.ofBytes(key, 0, key.length);
    byte[] value = lookup.copy(key, 0, key.length, hash, null);
    if (value != null) {
      int prefix = segments.prefix();
      byte[] record = RecordImage.of(key, hash, value, prefix);
      RecordOp op =
          new RecordOp(Change.SET_IF_EQUAL, record, key.length, hash, value, false, below);
      op.expires = prefix == 0 ? 0 : RecordImage.expires(value);
      try {
        table.run(op);
      } catch (StoreFullException e) {
        // There is no room below, so it stays where it is.
      }
    }
  }
}
