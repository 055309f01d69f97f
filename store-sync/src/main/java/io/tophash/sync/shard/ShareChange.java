package io.tophash.sync.shard;

import io.tophash.core.memory.CrashPoint;

/**
 * Changes the shares of a cache's shards while the cache is in use. A share is raised at once. It
 * is lowered in small steps, each under the shard's lock: first entries go, as at any bound, until
 * the shard would be at rest within the lower share, then that is stored. So a shard never has more
 * bytes than its share, and no user of the shard waits for more than one step.
 *
 * <p>For who keeps others from doing the same, and holds no lock of a shard. After a kill between
 * two stores some shards have their new share and others their old one, or one in between; each is
 * kept, and who is alone with the store sets all of them anew.
 */
public final class ShareChange {
  /** What a share in bytes is lowered by at once: a few segments. */
  private static final long STEP_BYTES = 256 << 10;

  /** What a share in entries is lowered by at once. */
  private static final long STEP_ENTRIES = 32;

  private final Shards shards;
  private final CacheSegments bounded;
  private final Bounds bounds;
  private final Eviction eviction;

  /**
   * @param shards of an attached cache
   */
  public ShareChange(Shards shards) {
    this.shards = shards;
    this.bounded = new CacheSegments(shards);
    this.bounds = shards.context().caching().bounds();
    this.eviction = new Eviction(shards, new LargeRecords(shards.context()));
  }

  /**
   * Sets the share of a shard.
   *
   * @return false if the shard cannot be made so small; its share is then as small as it could be
   */
  public boolean set(int shard, long bytes, long entries) {
    boolean done;
    do {
      shards.lock(shard);
      try {
        // Others may have made the file longer; what is the shard's stays where it is from here on.
        shards.context().mapAll().run();
        long nextBytes = Math.max(bytes, lower(inBytes(shard), STEP_BYTES));
        long nextEntries = Math.max(entries, lower(inEntries(shard), STEP_ENTRIES));
        if (!step(shard, nextBytes, nextEntries)) {
          return false;
        }
        done = nextBytes == bytes && nextEntries == entries;
      } finally {
        shards.unlock(shard);
      }
    } while (!done);
    return true;
  }

  /** The share that the shard makes use of, which nothing has to go for. */
  private long inBytes(int shard) {
    long atRest = bounds.used(shard) + bounded.reserve(shard);
    // One that was never kept is that of a state which a power cut has brought back.
    return bounds.used(shard) > bounds.maxBytes(shard)
        ? atRest
        : Math.min(bounds.maxBytes(shard), atRest);
  }

  private long inEntries(int shard) {
    return Math.min(bounds.maxEntries(shard), shards.count(shard));
  }

  private static long lower(long share, long step) {
    return Math.max(0, share - step);
  }

  private boolean step(int shard, long bytes, long entries) {
    // A share that was never kept, as after a power cut, must not hinder what is to make room.
    long present = Math.max(bounds.maxBytes(shard), bounds.used(shard) + bounded.reserve(shard));
    if (bounds.used(shard) > bounds.maxBytes(shard)) {
      bounds.putShare(shard, present, bounds.maxEntries(shard));
    }
    if (bytes < present && !eviction.mergeTo(shard, bytes - bounded.reserve(shard))) {
      return false;
    }
    bounds.putShare(shard, bytes, entries);
    CrashPoint.reached("share.set");
    return eviction.shrinkToEntries(shard);
  }
}
