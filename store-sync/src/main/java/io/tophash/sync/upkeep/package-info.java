/**
 * What is done with a store as a whole while others work: backup, compaction, statistics. Its
 * verification is in {@code shard}, as the opening after a stop of the machine needs it.
 *
 * <p>Owns nothing; everything moves by the ordinary operations.
 *
 * <p>May use: {@code io.tophash.core} ({@code errors}, {@code memory}, {@code format}, {@code
 * codec}, {@code map}), and every package of this module but the root and {@code salvage}.
 */
package io.tophash.sync.upkeep;
