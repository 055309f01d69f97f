package io.tophash.cache;

/**
 * The bounds of a cache, as they stand in its file, and how full it is.
 *
 * @param maxBytes bound of the file in bytes, {@link Long#MAX_VALUE} if there is none
 * @param maxEntries bound of the number of entries, {@link Long#MAX_VALUE} if there is none
 * @param usedBytes bytes that the entries take, with all that belongs to them
 * @param entries about how many entries there are
 */
public record Policy(long maxBytes, long maxEntries, long usedBytes, long entries) {}
