package io.tophash.cache;

/**
 * A cache as JMX shows it, under the name {@code io.tophash:type=Cache,name="NAME"}; see {@link
 * TophashCacheBuilder#management}. What is counted needs {@link TophashCacheBuilder#recordStats},
 * but for evictions and the like.
 */
public interface TophashCacheMXBean {
  /** The file. */
  String getFile();

  /** About how many entries there are. */
  long getEntries();

  /** Bound of the number of entries, {@link Long#MAX_VALUE} if there is none. */
  long getMaxEntries();

  /** Bytes that the entries take, with all that belongs to them. */
  long getUsedBytes();

  /** Bound of the file in bytes, {@link Long#MAX_VALUE} if there is none. */
  long getMaxBytes();

  /** Length of the file in bytes. */
  long getFileBytes();

  /** Processes that have the file open for writing. */
  int getProcesses();

  /** Lookups of this process that found a value. */
  long getHits();

  /** Lookups of this process that found none. */
  long getMisses();

  /** Share of this process's lookups that found a value. */
  double getHitRatio();

  /** Values that loaders of this process returned. */
  long getLoads();

  /** Calls of a loader of this process that threw, or returned null. */
  long getLoadFailures();

  /** Mean time that this process's loaders took, in milliseconds. */
  double getAverageLoadMillis();

  /** Share of all processes' lookups that found a value, since the file was made. */
  double getHitRatioOfAll();

  /** Values that loaders of all processes returned, since the file was made. */
  long getLoadsOfAll();

  /** Entries that went because the bound left no room, in all processes. */
  long getEvictions();

  /** Records that went because their time was over, in all processes. */
  long getExpirations();

  /** Values that found no room at all, in all processes. */
  long getRejections();

  /** How often a thread waited for the lock of a shard, in all processes. */
  long getLockWaits();

  /** Locks that were taken over from dead processes. */
  long getTakeOvers();

  /** Removes the records of entries that have expired. */
  void cleanUp();

  /** Removes all entries, for all processes. */
  void invalidateAll();

  /** Invalidates all values that have this tag, for all processes. */
  void invalidateTag(String tag);
}
