package io.tophash.sync.shard;

/**
 * What a {@link ShardCut} has cut.
 *
 * @param directoryWords of each possible shard
 * @param counts number of entries of each
 * @param lanes of each the position of its lane: the log has what came later
 * @param logStart number of the first batch of the log that may have what came later
 * @param pauseNanos how long all shards were frozen
 */
public record Cut(
    long[] directoryWords, long[] counts, long[] lanes, long logStart, long pauseNanos) {}
