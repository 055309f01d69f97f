package io.tophash.core.testing;

import com.dynatrace.hash4j.hashing.ByteAccess;
import io.tophash.core.hash.KeyHash;

/** Hash functions that force the paths which a good one hardly ever takes. */
public final class TestHashes {
  private TestHashes() {}

  /** A function of the standard hash. */
  @FunctionalInterface
  private interface Weakening {
    long apply(long hash);
  }

  private static final class Weak extends KeyHash {
    private final Weakening weakening;

    Weak(long seed, Weakening weakening) {
      super(seed);
      this.weakening = weakening;
    }

    @Override
    public long ofLong(long key) {
      return weakening.apply(super.ofLong(key));
    }

    @Override
    public long ofBytes(byte[] key, int length) {
      return weakening.apply(super.ofBytes(key, length));
    }

    @Override
    public long ofBytes(byte[] source, int offset, int length) {
      return weakening.apply(super.ofBytes(source, offset, length));
    }

    @Override
    public <T> long ofBytes(T source, long position, int length, ByteAccess<T> access) {
      return weakening.apply(super.ofBytes(source, position, length, access));
    }
  }

  private static KeyHash.Factory weak(String name, Weakening weakening) {
    return new KeyHash.Factory() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public KeyHash withSeed(long seed) {
        return new Weak(seed, weakening);
      }

      @Override
      public String toString() {
        return name;
      }
    };
  }

  /** A long key is its own hash: low bits are the bucket, the top byte is the tophash. */
  public static KeyHash.Factory identity() {
    return new KeyHash.Factory() {
      @Override
      public String name() {
        return "identity";
      }

      @Override
      public KeyHash withSeed(long seed) {
        return new KeyHash(seed) {
          @Override
          public long ofLong(long key) {
            return key;
          }
        };
      }
    };
  }

  /** The same hash for all keys: one chain, one tophash byte. */
  public static KeyHash.Factory constant() {
    return weak("constant", hash -> 0x2A00_0000_0000_0015L);
  }

  /** Only some of the lowest and of the highest bits differ. */
  public static KeyHash.Factory truncated(int lowBits, int highBits) {
    long low = (1L << lowBits) - 1;
    long high = highBits == 0 ? 0 : -1L << 64 - highBits;
    return weak("low" + lowBits + "high" + highBits, hash -> hash & (low | high));
  }

  /** The standard function. */
  public static KeyHash.Factory standard() {
    return KeyHash.Factory.STANDARD_FACTORY;
  }
}
