package io.tophash.sync.shard;

import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.ShardLayout;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;

/**
 * What an attached cache has beside what every store has: its bounds, its clock, and who hears of
 * entries that the cache removes by itself. Thread-safe.
 */
public final class Caching {
  /** Hears of entries that went. Called outside of all locks. */
  public interface Listener {
    /**
     * An entry went.
     *
     * @param key the encoded key
     * @param value the encoded value
     * @param expired true if its time was over, false if it had to make room
     */
    void gone(byte[] key, byte[] value, boolean expired);
  }

  private final MappedMemory memory;
  private final Bounds bounds;
  private final LongSupplier nowMs;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();

  /**
   * @param memory the mapped file
   * @param bounds of the shards
   * @param nowMs the clock by which entries expire
   */
  public Caching(MappedMemory memory, Bounds bounds, LongSupplier nowMs) {
    this.memory = memory;
    this.bounds = bounds;
    this.nowMs = nowMs;
  }

  /** The bounds of the shards. */
  public Bounds bounds() {
    return bounds;
  }

  /** The time, in milliseconds since 1970. */
  public long nowMs() {
    return nowMs.getAsLong();
  }

  /** True if an entry with this word is of no use any more. */
  public boolean isOver(long expires) {
    return CacheLayout.isOver(expires, nowMs());
  }

  /** True if somebody wants to know which entries go. */
  public boolean isHeard() {
    return !listeners.isEmpty();
  }

  /** Tells of entries that went. */
  public void tell(byte[] key, byte[] value, boolean expired) {
    for (Listener listener : listeners) {
      listener.gone(key, value, expired);
    }
  }

  /** From now on this one hears of entries that go. */
  public void add(Listener listener) {
    listeners.add(listener);
  }

  /** It does not want to any more. */
  public void remove(Listener listener) {
    listeners.remove(listener);
  }

  /** Adds to a counter of a shard, of {@link CacheLayout}. */
  public void count(int shard, int counter, long more) {
    if (more != 0) {
      memory.getAndAddLong(0, position(shard, counter), more);
    }
  }

  /** A counter of a shard. */
  public long ofShard(int shard, int counter) {
    return memory.getLong(0, position(shard, counter));
  }

  /** The sum of a counter over the shards. */
  public long sum(int shards, int counter) {
    long sum = 0;
    for (int shard = 0; shard < shards; shard++) {
      sum += ofShard(shard, counter);
    }
    return sum;
  }

  private static int position(int shard, int counter) {
    return RegionLayout.shard(shard) + ShardLayout.CACHE_COUNTERS + 8 * counter;
  }
}
