package io.tophash.sync;

import io.tophash.core.codec.Codec;

/** Temporary stores of one shard: everything meets there. */
final class OneShard {
  private OneShard() {}

  static <K, V> SyncStore<K, V> open(Codec<K> keys, Codec<V> values) {
    return SyncStore.builder(keys, values).windowBytes(1 << 20).shards(1).openTemporary();
  }

  static LongSyncStore longs(long missing) {
    return SyncStore.longs().windowBytes(1 << 20).shards(1).missingValue(missing).openTemporary();
  }
}
