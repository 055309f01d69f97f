package io.tophash.core;

import com.dynatrace.hash4j.hashing.ByteAccess;
import io.tophash.core.codec.Codec;
import io.tophash.core.hash.KeyHash;

/** Opens stores with the hash functions of the crash tests. */
public final class CrashStores {
  /** Keeps the given bits of a fixed hash: the fewer, the longer the chains. */
  public static KeyHash.Factory hash(long mask) {
    return new KeyHash.Factory() {
      @Override
      public String name() {
        return "test/" + Long.toHexString(mask);
      }

      @Override
      public KeyHash withSeed(long seed) {
        // Not the seed of the table: so that a failure can be repeated.
        return new Masked(mask);
      }
    };
  }

  private static final class Masked extends KeyHash {
    private final long mask;

    Masked(long mask) {
      super(42);
      this.mask = mask;
    }

    @Override
    public long ofLong(long key) {
      return super.ofLong(key) & mask;
    }

    @Override
    public long ofBytes(byte[] key, int length) {
      return super.ofBytes(key, length) & mask;
    }

    @Override
    public <T> long ofBytes(T source, long position, int length, ByteAccess<T> access) {
      return super.ofBytes(source, position, length, access) & mask;
    }
  }

  private CrashStores() {}

  /** The primitive face of a store of longs. */
  public static LongHashStore longs(HashStore<Long, Long> store, long missing) {
    return new LongHashStore(store, missing);
  }

  /** A builder of stores with this hash function. */
  public static <K, V> HashStoreBuilder<K, V> builder(
      Codec<K> keys, Codec<V> values, KeyHash.Factory hashes) {
    return HashStore.builder(keys, values).hashes(hashes);
  }
}
