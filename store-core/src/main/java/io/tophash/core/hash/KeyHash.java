package io.tophash.core.hash;

import com.dynatrace.hash4j.hashing.ByteAccess;
import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;

/**
 * Seeded 64-bit hashing of encoded keys: an eight-byte key by the finalizer that David Stafford
 * calls "Mix13" (the one of SplittableRandom), all others by XXH3. Both are published functions, so
 * the file can be read by other programs; the name stands in the header.
 *
 * <p>An instance is bound to one seed. Subclasses exist for tests only: they make collisions.
 */
public class KeyHash {
  /** Name of the standard function. */
  public static final String STANDARD = "mix13/xxh3-64";

  static {
    // A class whose initialisation fails for want of stack is lost to the JVM: not in an operation.
    for (int length = 0; length <= 512; length = 2 * length + 1) {
      Hashing.xxh3_64(length).hashBytesToLong(new byte[length], 0, length);
    }
  }

  private final long seed;
  private final Hasher64 hasher;

  /**
   * @param seed the seed
   */
  public KeyHash(long seed) {
    this.seed = seed;
    this.hasher = Hashing.xxh3_64(seed);
  }

  /** Makes the hash of a seed; how tests inject a weak function. */
  public interface Factory {
    /** The standard function. */
    Factory STANDARD_FACTORY =
        new Factory() {
          @Override
          public String name() {
            return STANDARD;
          }

          @Override
          public KeyHash withSeed(long seed) {
            return new KeyHash(seed);
          }
        };

    /** Name that is stored in the header. */
    String name();

    /** The function bound to a seed. */
    KeyHash withSeed(long seed);
  }

  /** The seed. */
  public final long seed() {
    return seed;
  }

  /** Hash of an eight-byte key. */
  public long ofLong(long key) {
    long z = key ^ seed;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** Hash of a key of any other size, on the heap. */
  public long ofBytes(byte[] key, int length) {
    return hasher.hashBytesToLong(key, 0, length);
  }

  /** As {@link #ofBytes(byte[], int)}, for a key within a larger array. */
  public long ofBytes(byte[] source, int offset, int length) {
    return hasher.hashBytesToLong(source, offset, length);
  }

  /**
   * Hash of a key of any other size that stands elsewhere.
   *
   * @param source what holds the bytes
   * @param position where they begin
   * @param length how many there are
   * @param access how to read them
   */
  public <T> long ofBytes(T source, long position, int length, ByteAccess<T> access) {
    return hasher.hashBytesToLong(source, position, length, access);
  }
}
