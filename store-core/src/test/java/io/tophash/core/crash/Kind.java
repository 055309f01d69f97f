package io.tophash.core.crash;

import io.tophash.core.CrashStores;
import io.tophash.core.HashStore;
import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * One kind of store under test, and where its keys and values come from.
 *
 * @param hashMask bits of the hash that are kept
 * @param hint expected entries
 * @param preload entries that are there before anything is observed
 * @param domain number of different keys
 * @param maxBytes size limit of the file
 */
record Kind<K, V>(
    String name,
    Codec<K> keys,
    Codec<V> values,
    long hashMask,
    int windowBytes,
    long hint,
    int preload,
    int domain,
    long maxBytes,
    IntFunction<K> key,
    Function<Random, V> value) {
  private static final int KIB = 1 << 10;

  /** 24 bytes in the cell: a kill may tear them, so overwrites are under the undo record. */
  private static final class Bytes24 implements Codec<byte[]> {
    @Override
    public String id() {
      return "test/bytes24";
    }

    @Override
    public int fixedSize() {
      return 24;
    }

    @Override
    public int size(byte[] value) {
      return value.length;
    }

    @Override
    public void write(byte[] value, ByteBuffer target) {
      target.put(value);
    }

    @Override
    public byte[] read(ByteBuffer source) {
      byte[] value = new byte[source.remaining()];
      source.get(value);
      return value;
    }
  }

  private static Kind<Long, Long> longs(
      String name, long mask, int window, long hint, int preload, int domain) {
    return new Kind<>(
        name,
        Codecs.int64(),
        Codecs.int64(),
        mask,
        window,
        hint,
        preload,
        domain,
        Long.MAX_VALUE,
        i -> (long) i,
        Random::nextLong);
  }

  private static Kind<String, byte[]> texts(
      String name, long mask, int window, int domain, long maxBytes, int largest) {
    return new Kind<>(
        name,
        Codecs.utf8(),
        Codecs.bytes(),
        mask,
        window,
        0,
        0,
        domain,
        maxBytes,
        i -> "key-" + "x".repeat(i % 40) + i,
        random -> bytes(random, random.nextInt(largest)));
  }

  private static byte[] bytes(Random random, int length) {
    byte[] value = new byte[length];
    random.nextBytes(value);
    return value;
  }

  /** Inline eight-byte cells, from empty through several growths. */
  static final Kind<Long, Long> LONGS = longs("longs", -1, 64 * KIB, 0, 0, 300);

  /** Many chunks, and the next array prepared ahead of a growth. */
  static final Kind<Long, Long> PREPARED = longs("prepared", -1, 64 * KIB, 6000, 6250, 40_000);

  /** A hint that was much too high: the close gives back what it has cost. */
  static final Kind<Long, Long> SHRUNK = longs("shrunk", -1, 64 * KIB, 3000, 0, 30);

  /** Four different hashes: long chains, overflow buckets, repairs of emptyRest. */
  static final Kind<Long, Long> CHAINS =
      longs("chains", 0x8000_0000_0000_0003L, 64 * KIB, 0, 0, 90);

  /** One hash for all keys. */
  static final Kind<String, byte[]> ONE_CHAIN =
      texts("oneChain", 0, 256 * KIB, 50, Long.MAX_VALUE, 100);

  /** Records of all small sizes. */
  static final Kind<String, byte[]> RECORDS =
      texts("records", -1, 256 * KIB, 120, Long.MAX_VALUE, 700);

  /** Values that have pages of their own. */
  static final Kind<String, byte[]> LARGE =
      texts("large", -1, 256 * KIB, 10, Long.MAX_VALUE, 90 * KIB);

  /** Meets its size limit. */
  static final Kind<String, byte[]> FULL = texts("full", -1, 256 * KIB, 400, 640 * KIB, 2500);

  /** Inline values that are written under the undo record. */
  static final Kind<Integer, byte[]> UNDO =
      new Kind<>(
          "undo",
          Codecs.int32(),
          new Bytes24(),
          -1,
          64 * KIB,
          0,
          0,
          150,
          Long.MAX_VALUE,
          i -> i,
          random -> bytes(random, 24));

  /** Inline four-byte cells. */
  static final Kind<Integer, Integer> INTS =
      new Kind<>(
          "ints",
          Codecs.int32(),
          Codecs.int32(),
          -1,
          64 * KIB,
          0,
          0,
          200,
          Long.MAX_VALUE,
          i -> i,
          Random::nextInt);

  static final List<Kind<?, ?>> ALL =
      List.of(LONGS, PREPARED, SHRUNK, CHAINS, ONE_CHAIN, RECORDS, LARGE, FULL, UNDO, INTS);

  static Kind<?, ?> named(String name) {
    return ALL.stream().filter(kind -> kind.name.equals(name)).findFirst().orElseThrow();
  }

  HashStore<K, V> open(Path path) {
    return CrashStores.builder(keys, values, CrashStores.hash(hashMask))
        .windowBytes(windowBytes)
        .expectedEntries(hint)
        .maxBytes(maxBytes)
        .open(path);
  }

  /** Opens a copy for a check: without the size limit, which is not stored. */
  HashStore<K, V> openUnlimited(Path path) {
    return CrashStores.builder(keys, values, CrashStores.hash(hashMask))
        .windowBytes(windowBytes)
        .open(path);
  }

  /** Values in a form that can be compared. */
  static Object canonical(Object value) {
    return value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : value;
  }

  @Override
  public String toString() {
    return name;
  }
}
