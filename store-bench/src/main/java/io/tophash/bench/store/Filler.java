package io.tophash.bench.store;

import io.tophash.bench.data.Chain;
import java.nio.file.Path;

/** Fills stores, always in the same order, and says where they are. */
public final class Filler {
  /** Writes between two calls of {@link LongStore#endBatch}. */
  public static final int BATCH = 1 << 16;

  private Filler() {}

  /** Puts all entries of a chain into an open store. */
  public static void fill(LongStore store, Chain chain) {
    for (int i = 0; i < chain.entries(); i++) {
      store.put(chain.key(i), chain.value(i));
      if ((i & (BATCH - 1)) == BATCH - 1) {
        store.endBatch();
      }
    }
    store.endBatch();
  }

  /** The directory of a store that is filled once and then used by all its benchmarks. */
  public static Path directory(Path base, StoreKind kind, int entries) {
    return base.resolve(kind.id() + "-" + entries);
  }
}
