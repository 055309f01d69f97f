package io.tophash.core.fault;

import io.tophash.core.CrashStores;
import io.tophash.core.HashStore;
import io.tophash.core.LongHashStore;
import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.Stores;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** Contents of a {@code HashStore}: each kind of cell, long chains, a growth under way. */
public final class HashSubjects implements Supplier<List<Subject<?, ?>>> {
  /** With 106 live entries, the last ones begin the growth from 16 to 32 buckets. */
  private static final int KEYS = 118;

  private static final int LARGE = 40_000;
  private static final long ALL_BITS = -1;
  private static final long FEW_BUCKETS = ~0xFFF8L;

  @Override
  public List<Subject<?, ?>> get() {
    return List.of(
        new Typed<>(
            "text to bytes",
            true,
            ALL_BITS,
            Codecs.utf8(),
            Codecs.byteBuffer(),
            i -> "key" + "x".repeat(i % 40) + i,
            (i, version) -> Content.bytes(i, version, LARGE),
            List.of(
                "insert.committed", "replace.committed", "delete.committed", "evacuate.copied")),
        new Typed<>(
            "long to text, long chains",
            true,
            FEW_BUCKETS,
            Codecs.int64(),
            Codecs.utf8(),
            i -> i * 31L,
            Content::text,
            List.of("insertOverflow.linked", "replace.begun", "delete.freed")),
        new Longs(List.of("growth.started", "evacuate.copied", "chunk.published")),
        new Typed<>(
            "UUID to inline text",
            false,
            ALL_BITS,
            Codecs.uuid(),
            Stores.fixedText(40),
            i -> new UUID(i, ~i),
            Content::text,
            List.of("overwrite.torn", "delete.marked")));
  }

  private static class Typed<K, V> extends Content<K, V> {
    private final long hashMask;

    Typed(
        String name,
        boolean isChecked,
        long hashMask,
        Codec<K> keyCodec,
        Codec<V> valueCodec,
        IntFunction<K> key,
        Value<V> value,
        List<String> points) {
      super(name, isChecked, KEYS, keyCodec, valueCodec, key, value, points);
      this.hashMask = hashMask;
    }

    @Override
    public List<Region> regions(byte[] image) {
      return HashRegions.of(image);
    }

    HashStore<K, V> openMap(Path path, boolean readOnly) {
      return CrashStores.builder(keyCodec, valueCodec, CrashStores.hash(hashMask))
          .windowBytes(1 << 17)
          .maxBytes(4 << 20)
          .readOnly(readOnly)
          .open(path);
    }

    @Override
    public Opened<K, V> open(Path path, boolean readOnly) {
      HashStore<K, V> store = openMap(path, readOnly);
      return new OpenStore<>(store, store, store::getAll, store::getInto);
    }
  }

  /** The store without boxing, where it has ways of its own. */
  private static final class Longs extends Typed<Long, Long> {
    Longs(List<String> points) {
      super(
          "long to long",
          false,
          ALL_BITS,
          Codecs.int64(),
          Codecs.int64(),
          i -> i * 0x1_0000_0001L,
          (i, version) -> (long) version << 32 | i,
          points);
    }

    @Override
    public Opened<Long, Long> open(Path path, boolean readOnly) {
      HashStore<Long, Long> map = openMap(path, readOnly);
      LongHashStore longs = CrashStores.longs(map, -1);
      return new OpenStore<>(map, map, keys -> getAll(longs, keys), map::getInto);
    }

    private static Map<Long, Long> getAll(LongHashStore longs, List<Long> keys) {
      long[] wanted = keys.stream().mapToLong(Long::longValue).toArray();
      long[] values = new long[wanted.length];
      longs.getAll(wanted, values, -1);
      longs.range((key, value) -> true);
      Map<Long, Long> result = new LinkedHashMap<>();
      for (int i = 0; i < wanted.length; i++) {
        if (longs.get(wanted[i]) != values[i]) {
          throw new AssertionError("get and getAll differ, key=" + wanted[i]);
        }
        if (values[i] != -1) {
          result.put(wanted[i], values[i]);
        }
      }
      return result;
    }
  }
}
