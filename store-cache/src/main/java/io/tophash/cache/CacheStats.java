package io.tophash.cache;

/**
 * What a cache has counted since it was opened, in this process. The figures are read while others
 * work, so they need not fit each other to the last call. All are 0 unless {@link
 * TophashCacheBuilder#recordStats} was called.
 *
 * @param hitCount lookups that found a value
 * @param missCount lookups that found none
 * @param loadSuccessCount values that a loader returned
 * @param loadFailureCount calls of a loader that threw, or returned null
 * @param totalLoadNanos time spent in loaders, in nanoseconds
 * @param staleCount expired values that were served because a loader failed
 * @param expiredCount values that this process has removed because their time was over
 */
public record CacheStats(
    long hitCount,
    long missCount,
    long loadSuccessCount,
    long loadFailureCount,
    long totalLoadNanos,
    long staleCount,
    long expiredCount) {

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
