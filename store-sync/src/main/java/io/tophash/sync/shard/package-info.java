/**
 * Shards: who may change what, and everything that moves entries. The lock and its take-over, the
 * freeze, the directory, rebuild (promotion, growth, split, merge, clear) and the repair of what a
 * killed process left. Verification, which freezes one shard after the other.
 *
 * <p>Owns the words of {@link io.tophash.sync.format.ShardLayout} and the directories.
 *
 * <p>May use: {@code io.tophash.core} (its API, {@code errors}, {@code memory}, {@code lifecycle}),
 * {@code event}, {@code format}, {@code process}, {@code extent}, {@code segment}.
 */
package io.tophash.sync.shard;
