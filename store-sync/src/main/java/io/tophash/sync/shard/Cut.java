package io.tophash.sync.shard;

/**
 * What a {@link ShardCut} has cut.
 *
 * @param directoryWords of each possible shard
 * @param counts number of entries of each
 * @param pauseNanos how long all shards were frozen
 */
public record Cut(long[] directoryWords, long[] counts, long pauseNanos) {}
