package io.tophash.sync.shard;

import static io.tophash.sync.shard.ShardContext.at;

import io.tophash.core.errors.StoreFullException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.extent.ExtentAllocator;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.segment.Gathered;
import io.tophash.sync.segment.RecordSegments;
import io.tophash.sync.segment.Sieve;
import java.util.ArrayList;
import java.util.List;

/**
 * What a rebuild of a segment of a cache leaves out, so that the shard keeps to its bounds: first
 * what has expired, then, where the bound leaves no room to grow, what {@link Sieve} says.
 *
 * <p>A rebuild needs the old block and the new one for a moment, so a shard that is at rest never
 * has more than its share less one block. Used for one rebuild, by the holder of the lock, with the
 * shard frozen; entries are gone with the publication of the fresh block, and {@link #committed}
 * says so afterwards.
 */
final class CacheRoom {
  /** How much of a block that cannot grow is in use after its rebuild, in hundredths. */
  private static final int FULL = 95;

  /** How many of the entries are left of a segment that makes room for one more, in hundredths. */
  private static final int LEFT = 95;

  /** As squeeze: the segment gets a block like the present one, and no entry goes for it. */
  static final int KEEP_ALL = -1;

  /** A directory that doubles, and what a split takes in round numbers. */
  private static final long SPLIT_BYTES = 4 << 10;

  private final ShardContext context;
  private final boolean inserts;
  private final int squeeze;
  private final Caching caching;
  private final RecordSegments kind;
  private final List<Runnable> told = new ArrayList<>();
  private int expired;
  private int evicted;

  /**
   * @param inserts true if a new key is to come
   * @param squeeze 0 to grow if the bound allows it; 1 to take a block like the present one, more
   *     for the next smaller one each; or {@link #KEEP_ALL}
   */
  CacheRoom(ShardContext context, boolean inserts, int squeeze) {
    this.context = context;
    this.inserts = inserts;
    this.squeeze = squeeze;
    this.caching = context.caching();
    this.kind = (RecordSegments) context.kind();
  }

  /** What must be free of the share of a shard at rest: room for one rebuild. */
  static long reserve(long maxBlockBytes) {
    return ExtentAllocator.blockBytes(maxBlockBytes) + SPLIT_BYTES;
  }

  /**
   * Leaves out what must go.
   *
   * @param most largest block that a segment of the shard is meant to have
   * @param incoming size of a record that there must be room for
   * @return true if the segment gets a block of the size that was chosen here
   * @throws StoreFullException if there is no room for the record whatever goes
   */
  boolean prepare(Located segment, Gathered g, long most, long incoming) {
    int shard = segment.shard();
    MappedMemory memory = context.memory();
    expired = Sieve.dropExpired(kind, g, caching.nowMs(), this::gone);
    Sieve.sort(g, 0, g.count());
    long present = context.allocator().sizeOf(segment.block());
    if (squeeze == KEEP_ALL) {
      checkRoom(g, incoming, present);
      Sieve.chooseBlock(g, present);
      return true;
    }
    int entries = g.count();
    long share = caching.bounds().maxEntries(shard);
    if (share != Long.MAX_VALUE) {
      long count = memory.getLong(0, at(shard, ShardLayout.COUNT)) - expired + (inserts ? 1 : 0);
      if (count > share) {
        entries = (int) Math.max(0, Math.min(entries - (count - share), lessOne(entries)));
      }
    }
    if (squeeze == 0 && grows(shard, g, present, most, incoming)) {
      evicted = Sieve.evict(kind, g, Long.MAX_VALUE, entries, this::gone);
      return false;
    }
    long block = present;
    for (int smaller = 1; smaller < squeeze; smaller++) {
      block = CacheLayout.smallerBlockBytes(block);
    }
    long coming = kind.logBytes(incoming);
    long bytes = Math.min(block * FULL / 100, block - coming);
    evicted = Sieve.evict(kind, g, bytes, entries, this::gone);
    checkRoom(g, incoming, block);
    Sieve.chooseBlock(g, block);
    return true;
  }

  private void checkRoom(Gathered g, long incoming, long block) {
    if (Sieve.needed(kind, g) + kind.logBytes(incoming) > block) {
      throw new StoreFullException(
          "a segment of a cache has no room for a record, bytes=" + incoming + " block=" + block);
    }
  }

  /** Leaves out what has expired and what must go so that the rest fits into one such block. */
  void prepareMerged(Gathered g, long block) {
    expired = Sieve.dropExpired(kind, g, caching.nowMs(), this::gone);
    Sieve.sort(g, 0, g.count());
    long bytes = CacheLayout.blockBytes(block);
    evicted = Sieve.evict(kind, g, bytes * FULL / 100, g.count(), this::gone);
    if (Sieve.needed(kind, g) > bytes) {
      throw new StoreFullException("two segments of a cache do not fit into one, block=" + bytes);
    }
    Sieve.chooseBlock(g, bytes);
  }

  private static int lessOne(int entries) {
    return entries * LEFT / 100;
  }

  private boolean grows(int shard, Gathered g, long present, long most, long incoming) {
    long max = caching.bounds().maxBytes(shard);
    if (max == Long.MAX_VALUE) {
      return true;
    }
    long needed = kind.neededBytes(g, 0, g.count(), incoming);
    long fresh =
        needed <= most
            ? ExtentAllocator.blockBytes(needed)
            : 2 * ExtentAllocator.blockBytes(needed / 2 + needed / 16) + SPLIT_BYTES;
    long used = caching.bounds().used(shard);
    return used + fresh <= max && used - present + fresh <= max - reserve(most);
  }

  private void gone(Gathered g, int entry, boolean over) {
    if (caching.isHeard()) {
      byte[] key = g.keyOf(entry);
      byte[] value = g.agedValueOf(entry);
      told.add(() -> caching.tell(key, value, over));
    }
  }

  /** The fresh block is published: so the entries are gone. */
  void committed(int shard) {
    if (expired + evicted != 0) {
      // Frozen, so nobody else changes it; after a kill before this the repair counts anew.
      context.addCount(shard, -(expired + evicted));
      caching.count(shard, CacheLayout.EXPIRED, expired);
      caching.count(shard, CacheLayout.EVICTED, evicted);
    }
  }

  /** Tells who wants to know; outside of all locks. */
  void tell() {
    told.forEach(Runnable::run);
  }
}
