package io.tophash.sync.attach;

import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.shard.Bounds;
import io.tophash.sync.shard.Shards;
import io.tophash.sync.shard.ShareChange;

/**
 * The bounds of a cache: they stand in its header, and each shard has its part of them. The parts
 * never add up to more than the header says: what is raised is raised there first, what is lowered
 * is lowered there last. For who holds the attach lock.
 */
final class CacheBounds {
  private final MappedMemory memory;
  private final Bounds bounds;
  private final Shards shards;
  private final int count;

  CacheBounds(MappedMemory memory, Bounds bounds, Shards shards) {
    this.memory = memory;
    this.bounds = bounds;
    this.shards = shards;
    this.count = shards.context().shardCount();
  }

  /** Gives each shard its part of the bounds in the header: of a cache in which nobody is. */
  void divide() {
    for (int shard = 0; shard < count; shard++) {
      bounds.putShare(shard, bytes(maxBytes(), shard), entries(maxEntries(), shard));
    }
  }

  /**
   * Does what a killed process may have left undone, or what was recovered after a power cut has
   * too much: for who is alone.
   */
  void settle() {
    for (int shard = 0; shard < count; shard++) {
      long bytes = bytes(maxBytes(), shard);
      long entries = entries(maxEntries(), shard);
      if (bounds.maxBytes(shard) != bytes
          || bounds.maxEntries(shard) != entries
          || bounds.used(shard) > bytes
          || shards.count(shard) > entries) {
        new ShareChange(shards).set(shard, bytes, entries);
      }
    }
  }

  /**
   * Changes the bounds.
   *
   * @return false if they cannot be made so small; they are then what they were
   */
  boolean resize(long maxBytes, long maxEntries) {
    long oldBytes = maxBytes();
    long oldEntries = maxEntries();
    put(Math.max(oldBytes, maxBytes), Math.max(oldEntries, maxEntries));
    CrashPoint.reached("resize.raised");
    if (!divideAs(maxBytes, maxEntries)) {
      divideAs(oldBytes, oldEntries);
      put(oldBytes, oldEntries);
      return false;
    }
    CrashPoint.reached("resize.divided");
    put(maxBytes, maxEntries);
    return true;
  }

  private void put(long maxBytes, long maxEntries) {
    memory.putLongRelease(0, CacheLayout.MAX_BYTES, maxBytes);
    memory.putLongRelease(0, CacheLayout.MAX_ENTRIES, maxEntries);
  }

  private boolean divideAs(long maxBytes, long maxEntries) {
    ShareChange change = new ShareChange(shards);
    for (int shard = 0; shard < count; shard++) {
      if (!change.set(shard, bytes(maxBytes, shard), entries(maxEntries, shard))) {
        return false;
      }
    }
    return true;
  }

  private long maxBytes() {
    return memory.getLong(0, CacheLayout.MAX_BYTES);
  }

  private long maxEntries() {
    return memory.getLong(0, CacheLayout.MAX_ENTRIES);
  }

  private long bytes(long maxBytes, int shard) {
    return CacheSettings.share(CacheSettings.forShards(maxBytes, count), shard, count);
  }

  private long entries(long maxEntries, int shard) {
    return CacheSettings.share(maxEntries, shard, count);
  }
}
