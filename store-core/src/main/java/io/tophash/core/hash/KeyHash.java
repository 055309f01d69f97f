package io.tophash.core.hash;

import com.dynatrace.hash4j.hashing.ByteAccess;
import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

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

  /** Sizes of keys that are given as two numbers. */
  public static final int SHORTEST = 4;

  public static final int LONGEST = 16;

  private final long seed;
  private final Hasher64 hasher;
  // XXH3's secret for keys of 4 to 8, and of 9 to 16 bytes, with the seed in it.
  private final long flip;
  private final long flipFirst;
  private final long flipLast;
  private final boolean isStandard = getClass() == KeyHash.class;

  /**
   * @param seed the seed
   */
  public KeyHash(long seed) {
    this.seed = seed;
    this.hasher = Hashing.xxh3_64(seed);
    this.flip = 0xC73A_B174_C5EC_D5A2L - (seed ^ Long.reverseBytes(seed & 0xFFFF_FFFFL));
    this.flipFirst = 0x6782_737B_EA42_39B9L + seed;
    this.flipLast = 0xAF56_BC3B_0996_523AL - seed;
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
   * The same hash of a key of {@link #SHORTEST} to {@link #LONGEST} bytes, of which the first and
   * the last are given as numbers, in the byte order of the file: four of each up to a length of 8,
   * then eight.
   */
  public final long ofShort(long first, long last, int length) {
    if (!isStandard) {
      return ofBytes(bytes(first, last, length), 0, length);
    }
    if (length <= Long.BYTES) {
      long h = (last & 0xFFFF_FFFFL) + (first << Integer.SIZE) ^ flip;
      h ^= Long.rotateLeft(h, 49) ^ Long.rotateLeft(h, 24);
      h *= 0x9FB2_1C65_1E98_DF25L;
      h ^= (h >>> 35) + length;
      h *= 0x9FB2_1C65_1E98_DF25L;
      return h ^ h >>> 28;
    }
    long a = first ^ flipFirst;
    long b = last ^ flipLast;
    long upper = Math.multiplyHigh(a, b) + (a >> 63 & b) + (b >> 63 & a);
    long h = length + Long.reverseBytes(a) + b + (upper ^ a * b);
    h ^= h >>> 37;
    h *= 0x1656_6791_9E37_79F9L;
    return h ^ h >>> 32;
  }

  private static byte[] bytes(long first, long last, int length) {
    ByteBuffer key = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    return length <= Long.BYTES
        ? key.putInt(0, (int) first).putInt(length - Integer.BYTES, (int) last).array()
        : key.putLong(0, first).putLong(length - Long.BYTES, last).array();
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
