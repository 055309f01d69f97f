/**
 * A cache over a {@code SyncStore}: entries that expire, loaders, listeners, statistics.
 *
 * <p>Owns what a cache means by "present": an entry that has expired, was invalidated by its tag or
 * is only a mark of a load under way is absent for every method here, though its record may still
 * stand in the file.
 *
 * <p>May use: {@code io.tophash.core}, its {@code codec} and {@code errors}, {@code
 * io.tophash.sync}.
 */
package io.tophash.cache;
