package io.tophash.bench.data;

/** Keys that look random, the same for every store: a bijective scramble of 0, 1, 2 … */
public final class Keys {
  /** Never a key and never a value; what stores answer for an absent key. */
  public static final long MISSING = 0;

  private Keys() {}

  /** The key of an index from 0 on. Different indexes have different keys, and none is 0. */
  public static long key(long index) {
    // Stafford's variant 13 of the 64-bit finalizer of MurmurHash3: a bijection that keeps 0.
    long z = index + 1;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** What an entry adds to a checksum; says that the value belongs to the key. */
  public static long fold(long key, long value) {
    return key ^ Long.rotateLeft(value, 17);
  }
}
