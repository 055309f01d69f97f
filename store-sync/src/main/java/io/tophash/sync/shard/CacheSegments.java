package io.tophash.sync.shard;

import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.format.DirectoryWord;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.segment.Gathered;
import io.tophash.sync.segment.RecordImage;
import io.tophash.sync.segment.RecordSegments;
import io.tophash.sync.segment.Sieve;
import java.util.ArrayList;
import java.util.List;

/**
 * The segments of a cache, which change only within the bounds of their shards: entries may go for
 * it. Methods that change something are for the holder of the shard's lock.
 */
final class CacheSegments {
  private final Shards shards;
  private final ShardContext context;
  private final Rebuilder rebuilder;

  CacheSegments(Shards shards) {
    this.shards = shards;
    this.context = shards.context();
    this.rebuilder = new Rebuilder(context, shards.directory());
  }

  /** What must be free of the share of a shard at rest, in bytes. */
  long reserve(int shard) {
    return CacheRoom.reserve(rebuilder.maxBlockBytes(shard));
  }

  /** Largest block that a segment of a shard is meant to have. */
  long maxBlockBytes(int shard) {
    return rebuilder.maxBlockBytes(shard);
  }

  /** True if a shard has as many entries as it may. */
  boolean isFull(int shard) {
    return shards.count(shard) >= context.caching().bounds().maxEntries(shard);
  }

  /**
   * Rebuilds the segment of a hash.
   *
   * @param incomingBytes size of a record for which there must be room afterwards
   * @param inserts true if that is of a new key
   * @param squeeze see {@link CacheRoom#CacheRoom}
   * @throws io.tophash.core.errors.StoreFullException if there is no room for the record
   */
  void rebuild(int shard, long hash, long incomingBytes, boolean inserts, int squeeze) {
    rebuild(shard, hash, incomingBytes, Long.MAX_VALUE, new CacheRoom(context, inserts, squeeze));
  }

  /**
   * Moves the segment of a hash below a position, if there is room.
   *
   * @throws io.tophash.core.errors.StoreFullException if it has to stay as it is
   */
  void move(int shard, long hash, long below) {
    rebuild(shard, hash, 0, below, new CacheRoom(context, false, 0));
  }

  private void rebuild(int shard, long hash, long incomingBytes, long below, CacheRoom room) {
    shards.frozen(shard, g -> rebuilder.rebuildWithin(shard, hash, incomingBytes, below, g, room));
    // The lock is still held; who listens gets it off this thread.
    room.tell();
  }

  /**
   * Lets all entries of a shard go.
   *
   * @throws io.tophash.core.errors.StoreFullException if there is no room for an empty segment
   */
  void clear(int shard) {
    Caching caching = context.caching();
    List<Runnable> told = new ArrayList<>();
    long[] count = new long[1];
    new WholeShards(shards)
        .clearLocked(
            shard,
            g -> {
              count[0] = shards.count(shard);
              if (caching.isHeard()) {
                noteAll(shard, g, told);
              }
            });
    caching.count(shard, CacheLayout.EVICTED, count[0]);
    told.forEach(Runnable::run);
  }

  private void noteAll(int shard, Gathered g, List<Runnable> told) {
    RecordSegments kind = (RecordSegments) context.kind();
    long directoryWord = context.directoryWord(shard);
    long last = 0;
    for (int i = 0; i < 1 << DirectoryWord.depth(directoryWord); i++) {
      long word = shards.directory().segmentWord(directoryWord, i);
      g.clear();
      if (SegmentWord.position(word) != last && kind.gather(word, g)) {
        for (int entry = 0; entry < g.count(); entry++) {
          told.add(note(kind, g, entry));
        }
      }
      last = SegmentWord.position(word);
    }
  }

  private Runnable note(RecordSegments kind, Gathered g, int entry) {
    boolean isLarge = g.largeBlock(entry) != 0;
    byte[] record = isLarge ? kind.large().copy(g, entry) : null;
    byte[] key = isLarge ? RecordImage.key(record, 0) : g.keyOf(entry);
    byte[] value = isLarge ? kind.large().valueOf(g, entry, record) : g.agedValueOf(entry);
    boolean isOver = context.caching().isOver(Sieve.expires(kind, g, entry));
    return () -> context.caching().tell(key, value, isOver);
  }

  /**
   * Merges the segment of a hash with its buddy, for which entries of both go.
   *
   * @return false if it has none
   * @throws io.tophash.core.errors.StoreFullException if there is no room for both together
   */
  boolean merge(int shard, long hash) {
    CacheRoom room = new CacheRoom(context, false, 0);
    boolean[] merged = new boolean[1];
    shards.frozen(shard, g -> merged[0] = rebuilder.mergeWithin(shard, hash, g, room));
    room.tell();
    return merged[0];
  }
}
