package io.tophash.sync;

import io.tophash.core.codec.Codec;
import java.util.ArrayList;
import java.util.List;

/** Under what the tests of the API run: the model, and the file. */
enum Engines {
  MODEL {
    @Override
    <S, B extends SyncBuilder<S, B>> B prepare(B builder) {
      return builder.engine(ModelEngine::open);
    }
  },
  /** One shard: everything meets there. */
  FILE {
    @Override
    <S, B extends SyncBuilder<S, B>> B prepare(B builder) {
      return builder.windowBytes(1 << 20).shards(1);
    }
  };

  abstract <S, B extends SyncBuilder<S, B>> B prepare(B builder);

  <K, V> SyncStore<K, V> open(Codec<K> keys, Codec<V> values) {
    return prepare(SyncStore.builder(keys, values)).openTemporary();
  }

  LongSyncStore longs(long missing) {
    return prepare(SyncStore.longs()).missingValue(missing).openTemporary();
  }

  /** Those that are there. */
  static List<Engines> present() {
    List<Engines> present = new ArrayList<>();
    for (Engines engine : values()) {
      try {
        engine.longs(0).close();
        present.add(engine);
      } catch (UnsupportedOperationException e) {
        // not built yet
      }
    }
    return present;
  }
}
