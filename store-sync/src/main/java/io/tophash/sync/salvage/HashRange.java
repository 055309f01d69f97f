package io.tophash.sync.salvage;

/**
 * The hashes that begin with some bits.
 *
 * @param first the smallest of them, unsigned
 * @param bits how many bits they share
 */
record HashRange(long first, int bits) {
  boolean contains(long hash) {
    return bits == 0 || (hash ^ first) >>> 64 - bits == 0;
  }

  boolean overlaps(HashRange other) {
    return contains(other.first) || other.contains(first);
  }
}
