package io.tophash.bench.shot;

import io.tophash.bench.data.Chain;
import io.tophash.bench.data.Keys;
import io.tophash.bench.store.Filler;
import io.tophash.bench.store.LongStore;
import io.tophash.bench.store.StoreKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Puts new keys to a full store, and removes them again: one in a hundred of its entries. */
final class PutNewShot {
  private static final int WARM_UP_ROUNDS = 3;
  private static final int ROUNDS = 5;
  private static final int ENTRIES_PER_NEW = 100;
  private static final int MIN_NEW = 100;
  private static final int BATCH = 1 << 14;

  private final LongStore store;
  private final int entries;
  private final int count;

  private PutNewShot(LongStore store, int entries) {
    this.store = store;
    this.entries = entries;
    this.count = Math.max(MIN_NEW, entries / ENTRIES_PER_NEW);
  }

  static void run(StoreKind kind, int entries, Path directory) throws IOException {
    Shot.warmUp(new Entries.Longs(kind, 2), entries, directory);
    try (LongStore store = kind.makeLongs()) {
      if (kind.isPersistent()) {
        Files.createDirectories(directory);
      }
      store.open(directory, entries);
      if (store.isEmpty()) {
        Filler.fill(store, new Chain(entries));
      }
      new PutNewShot(store, entries).run();
    }
  }

  private void run() {
    for (int round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
      long start = System.nanoTime();
      for (int i = 0; i < count; i++) {
        long key = Keys.key((long) entries + i);
        store.put(key, key ^ round);
        endBatchAfter(i);
      }
      store.endBatch();
      long put = System.nanoTime();
      check(round);
      long checked = System.nanoTime();
      for (int i = 0; i < count; i++) {
        store.remove(Keys.key((long) entries + i));
        endBatchAfter(i);
      }
      store.endBatch();
      long removed = System.nanoTime();
      if (round >= WARM_UP_ROUNDS) {
        Shot.print("putNew", (double) (put - start) / count);
        Shot.print("remove", (double) (removed - checked) / count);
      }
    }
    if (store.size() != entries) {
      throw new IllegalStateException(
          "not all was removed, size=" + store.size() + " entries=" + entries);
    }
  }

  private void endBatchAfter(int index) {
    if ((index & (BATCH - 1)) == BATCH - 1) {
      store.endBatch();
    }
  }

  private void check(int round) {
    for (int i = 0; i < count; i++) {
      long key = Keys.key((long) entries + i);
      if (store.get(key) != (key ^ round)) {
        throw new IllegalStateException("the store lost a new key, key=" + key);
      }
    }
  }
}
