package io.tophash.bench.shot;

import io.tophash.bench.data.Keys;
import io.tophash.bench.store.LongStore;
import io.tophash.bench.store.StoreKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Overwrites values of a full store without a pause, until there is something to read on the
 * standard input, or its end. Then puts them back as they were.
 */
final class WriterShot {
  private static final int KEYS = 1 << 20;
  private static final int BATCH = 1 << 14;

  private final LongStore store;
  private final long[] keys;
  private final long[] values;

  private WriterShot(LongStore store, int entries) {
    this.store = store;
    keys =
        new SplittableRandom(2)
            .ints(entries, 0, entries)
            .limit(KEYS)
            .distinct()
            .mapToLong(Keys::key)
            .toArray();
    values = new long[keys.length];
    store.getAll(keys, values);
  }

  static void run(StoreKind kind, int entries, Path directory) throws IOException {
    AtomicBoolean stopped = new AtomicBoolean();
    Thread listener =
        new Thread(
            () -> {
              try {
                System.in.read();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              } finally {
                stopped.set(true);
              }
            });
    listener.setDaemon(true);
    listener.start();
    LongStore store = kind.makeLongs();
    store.open(directory, entries);
    new WriterShot(store, entries).overwrite(stopped);
    store.close();
  }

  private void overwrite(AtomicBoolean stopped) {
    boolean warm = false;
    for (long change = 1; !stopped.get(); change ^= 1) {
      for (int i = 0; i < keys.length && !stopped.get(); i += BATCH) {
        write(i, change);
      }
      if (!warm) {
        System.out.println(Shot.READY);
        warm = true;
      }
    }
    for (int i = 0; i < keys.length; i += BATCH) {
      write(i, 0);
    }
  }

  private void write(int from, long change) {
    for (int i = from; i < Math.min(from + BATCH, keys.length); i++) {
      store.put(keys[i], values[i] ^ change);
    }
    store.endBatch();
  }
}
