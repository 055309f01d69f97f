package io.tophash.cache;

/**
 * What a cache has counted: in this process since it was opened ({@link TophashCache#stats}), or in
 * all processes since the file was made ({@link TophashCache#statsOfAll}). The figures are read
 * while others work, so they need not fit each other to the last call. Lookups and loads are 0
 * unless {@link TophashCacheBuilder#recordStats} was called.
 *
 * @param hitCount lookups that found a value
 * @param missCount lookups that found none
 * @param loadSuccessCount values that a loader returned
 * @param loadFailureCount calls of a loader that threw, or returned null
 * @param totalLoadNanos time spent in loaders, in nanoseconds
 * @param staleCount expired values that were served because a loader failed
 * @param evictionCount entries that went because the bound left no room, in all processes
 * @param expiredCount records that were removed because their time was over, in all processes
 * @param rejectedCount values that found no room at all, in all processes
 */
public record CacheStats(
    long hitCount,
    long missCount,
    long loadSuccessCount,
    long loadFailureCount,
    long totalLoadNanos,
    long staleCount,
    long evictionCount,
    long expiredCount,
    long rejectedCount) {

  /** Number of lookups. */
  public long requestCount() {
    return hitCount + missCount;
  }

  /** Share of the lookups that found a value, 1 if there were none. */
  public double hitRate() {
    long requests = requestCount();
    return requests == 0 ? 1 : (double) hitCount / requests;
  }

  /** Mean time of a load in nanoseconds, 0 if there was none. */
  public double averageLoadNanos() {
    long loads = loadSuccessCount + loadFailureCount;
    return loads == 0 ? 0 : (double) totalLoadNanos / loads;
  }
}
