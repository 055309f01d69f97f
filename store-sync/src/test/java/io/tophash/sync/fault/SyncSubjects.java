package io.tophash.sync.fault;

import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import io.tophash.core.fault.Content;
import io.tophash.core.fault.Region;
import io.tophash.core.fault.Subject;
import io.tophash.sync.FaultStores;
import io.tophash.sync.LongSyncStore;
import io.tophash.sync.SyncStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** Contents of a {@code SyncStore}: both kinds of segments, amended ones, large records. */
public final class SyncSubjects implements Supplier<List<Subject<?, ?>>> {
  private static final int KEYS = 160;
  private static final int LARGE = 20_000;
  private static final int RUN = 300_000;

  @Override
  public List<Subject<?, ?>> get() {
    return List.of(
        new Typed<>(
            "text to bytes",
            Codecs.utf8(),
            Codecs.byteBuffer(),
            i -> "key" + "x".repeat(i % 40) + i,
            SyncSubjects::value,
            List.of("large.written", "large.unlinked", "rebuild.built", "split.built")),
        new Typed<>(
            "long to text",
            Codecs.int64(),
            Codecs.utf8(),
            i -> i * 31L,
            Content::text,
            List.of("rebuild.published", "rebuild.freed")),
        new Longs(List.of("rebuild.built", "rebuild.published")));
  }

  /** One of them has extents of its own. */
  private static ByteBuffer value(int i, int version) {
    return Content.bytes(i, version, i == 27 ? RUN : LARGE);
  }

  private static final class Typed<K, V> extends Content<K, V> {
    Typed(
        String name,
        Codec<K> keyCodec,
        Codec<V> valueCodec,
        IntFunction<K> key,
        Value<V> value,
        List<String> points) {
      super(name, true, KEYS, keyCodec, valueCodec, key, value, points);
    }

    @Override
    public List<Region> regions(byte[] image) {
      return SyncRegions.of(image, false);
    }

    @Override
    public Opened<K, V> open(Path path, boolean readOnly) {
      SyncStore<K, V> store = FaultStores.typed(keyCodec, valueCodec, path, readOnly);
      return new OpenStore<>(store, store, store::getAll, store::getInto);
    }
  }

  /** The store without boxing. */
  private static final class Longs extends Content<Long, Long> {
    Longs(List<String> points) {
      super(
          "long to long",
          false,
          2 * KEYS,
          Codecs.int64(),
          Codecs.int64(),
          i -> i * 0x1_0000_0001L,
          (i, version) -> (long) version << 32 | i,
          points);
    }

    @Override
    public List<Region> regions(byte[] image) {
      return SyncRegions.of(image, true);
    }

    @Override
    public Opened<Long, Long> open(Path path, boolean readOnly) {
      LongSyncStore longs = FaultStores.longs(path, readOnly);
      SyncStore<Long, Long> map = longs.asMap();
      return new OpenStore<>(map, longs, keys -> getAll(longs, keys), map::getInto);
    }

    private static Map<Long, Long> getAll(LongSyncStore longs, List<Long> keys) {
      long[] wanted = keys.stream().mapToLong(Long::longValue).toArray();
      long[] values = new long[wanted.length];
      longs.getAll(wanted, values, -1);
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
