/**
 * Segments: the small {@code sync.Map} that a block holds. Lookup in read and dirty table,
 * insertion into the dirty table, the log of records, and the building of a fresh block from the
 * live entries of others.
 *
 * <p>Owns the bytes of a block; knows nothing of locks, directories and the allocator. Who calls
 * what when is the affair of {@code shard}.
 *
 * <p>May use: {@code io.tophash.core} ({@code errors}, {@code memory}, {@code format}, {@code
 * hash}), {@code format}.
 */
package io.tophash.sync.segment;
