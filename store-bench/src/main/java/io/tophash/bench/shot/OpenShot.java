package io.tophash.bench.shot;

import io.tophash.bench.data.Keys;
import io.tophash.bench.store.LongStore;
import io.tophash.bench.store.StoreKind;
import java.io.IOException;
import java.nio.file.Path;

/** Opens a full store and gets one value: after a close, or after its owner was killed. */
final class OpenShot {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final int CLEAN_OPENS = 5;
  private static final int PUTS_BEFORE_KILL = 200_000;

  private OpenShot() {}

  static void run(StoreKind kind, int entries, Path directory, boolean killed) throws IOException {
    // Loads the classes, which is not what is measured.
    Shot.warmUp(new Entries.Longs(kind, 2), entries, directory);
    if (killed) {
      Shot.print("openKilled", openMillis(kind, entries, directory, true));
      return;
    }
    for (int i = 0; i < CLEAN_OPENS; i++) {
      Shot.print("open", openMillis(kind, entries, directory, false));
    }
  }

  private static double openMillis(StoreKind kind, int entries, Path directory, boolean killed)
      throws IOException {
    LongStore store = kind.makeLongs();
    long start = System.nanoTime();
    if (killed) {
      store.openAfterKill(directory, entries);
    } else {
      store.open(directory, entries);
    }
    long value = store.get(Keys.key(0));
    long nanos = System.nanoTime() - start;
    if (value == Keys.MISSING || store.size() != entries) {
      throw new IllegalStateException(
          "the store lost entries, size=" + store.size() + " entries=" + entries);
    }
    store.close();
    return nanos / NANOS_PER_MILLI;
  }

  /** Overwrites values until it is killed. */
  static void runVictim(StoreKind kind, int entries, Path directory) throws IOException {
    LongStore store = kind.makeLongs();
    store.open(directory, entries);
    long key = Keys.key(0);
    for (long puts = 1; ; puts++) {
      long value = store.get(key);
      store.put(key, value);
      key = value;
      if (puts == PUTS_BEFORE_KILL) {
        System.out.println(Shot.READY);
      }
    }
  }
}
