package io.tophash.sync.fault;

import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import io.tophash.core.fault.Content;
import io.tophash.core.fault.GoldenCodecs;
import io.tophash.core.fault.Region;
import io.tophash.core.fault.Subject;
import io.tophash.sync.SyncStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** What stands in the golden files of a {@code SyncStore}. Must not be changed, only added to. */
public final class SyncGolden implements Supplier<List<Subject<?, ?>>> {
  @Override
  public List<Subject<?, ?>> get() {
    List<Subject<?, ?>> all = new ArrayList<>(new SyncSubjects().get());
    all.add(new Plain<>("int to UUID", Codecs.int32(), Codecs.uuid(), i -> -i, GoldenCodecs::uuid));
    all.add(
        new Plain<>(
            "UUID to byte array",
            Codecs.uuid(),
            Codecs.bytes(),
            i -> new UUID(i, 7),
            GoldenCodecs::array));
    all.add(
        new Plain<>(
            "text to unit of time",
            Codecs.utf8(),
            Codecs.enumOf(TimeUnit.class),
            i -> "k\u00e9y\u20ac" + i,
            GoldenCodecs::unit));
    all.add(
        new Plain<>(
            "bytes to points",
            Codecs.byteBuffer(),
            GoldenCodecs.POINT,
            i -> Content.bytes(i, 9, 60_000),
            GoldenCodecs.Point::new));
    all.add(
        new Plain<>(
            "int to int",
            Codecs.int32(),
            Codecs.int32(),
            i -> -i,
            (i, version) -> 5 * i + version));
    return all;
  }

  /** A store as a user makes it, with the hash function of all stores, and 64 shards. */
  private static final class Plain<K, V> extends Content<K, V> {
    private static final int KEYS = 60;

    Plain(String name, Codec<K> keyCodec, Codec<V> valueCodec, IntFunction<K> key, Value<V> value) {
      super(name, true, KEYS, keyCodec, valueCodec, key, value, List.of());
    }

    @Override
    public List<Region> regions(byte[] image) {
      return List.of();
    }

    @Override
    public Opened<K, V> open(Path path, boolean readOnly) {
      SyncStore<K, V> store =
          SyncStore.builder(keyCodec, valueCodec)
              .windowBytes(1 << 20)
              .readOnly(readOnly)
              .open(path);
      return new OpenStore<>(store, store, store::getAll, store::getInto);
    }
  }
}
