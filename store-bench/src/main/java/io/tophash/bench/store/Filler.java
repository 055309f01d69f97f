package io.tophash.bench.store;

import io.tophash.bench.data.Chain;
import io.tophash.bench.data.RecordShape;
import io.tophash.bench.data.Records;
import java.nio.file.Path;

/** Fills stores, always in the same order, and says where they are. */
public final class Filler {
  /** Writes between two calls of {@link AnyStore#endBatch}; a power of two. */
  public static final int BATCH = 1 << 16;

  private Filler() {}

  /** Puts all entries of a chain into an open store. */
  public static void fill(LongStore store, Chain chain) {
    for (int i = 0; i < chain.entries(); i++) {
      store.put(chain.key(i), chain.value(i));
      endBatchAfter(store, i);
    }
    store.endBatch();
  }

  /** Puts as many records into an open store. */
  public static <K> void fill(RecordStore<K> store, RecordShape<K> shape, int entries) {
    byte[] value = new byte[shape.valueBytes()];
    for (int i = 0; i < entries; i++) {
      Records.valueInto(i, 0, value);
      store.put(shape.key(i), value);
      endBatchAfter(store, i);
    }
    store.endBatch();
  }

  /** Ends the batch if this was the index of its last write. */
  public static void endBatchAfter(AnyStore store, int index) {
    if ((index & (BATCH - 1)) == BATCH - 1) {
      store.endBatch();
    }
  }

  /** The directory of a store that is filled once and then used by all its benchmarks. */
  public static Path directory(Path base, StoreKind kind, int entries) {
    return base.resolve(kind.id() + "-" + entries);
  }

  /** As {@link #directory}, for a store of records. */
  public static Path recordDirectory(Path base, StoreKind kind, RecordShape<?> shape, int entries) {
    return base.resolve(kind.id() + "-" + shape.id() + "-" + entries);
  }
}
