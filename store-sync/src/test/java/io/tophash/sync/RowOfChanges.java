package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A row of changes, each to another shard: one moment of the store has a first part of it, without
 * holes.
 */
final class RowOfChanges {
  private static final int KEYS = 997;

  private RowOfChanges() {}

  /** Does something while a thread makes such changes, and has made one to each key. */
  static void goesOnDuring(LongSyncStore store, Runnable action) throws InterruptedException {
    AtomicBoolean stop = new AtomicBoolean();
    AtomicReference<Throwable> failed = new AtomicReference<>();
    Thread writer =
        new Thread(
            () -> {
              for (long n = 1; !stop.get(); n++) {
                store.set(n % KEYS, n);
              }
            });
    writer.setUncaughtExceptionHandler((thread, e) -> failed.set(e));
    writer.start();
    try {
      while (store.sizeLong() < KEYS && failed.get() == null) {
        Thread.onSpinWait();
      }
      action.run();
    } finally {
      stop.set(true);
      writer.join();
    }
    assertNull(failed.get());
  }

  /**
   * Checks that a store has one moment of it.
   *
   * @return number of the last change that it has
   */
  static long assertIsOneMoment(LongSyncStore store) {
    long last = 0;
    long[] values = new long[KEYS];
    for (int key = 0; key < KEYS; key++) {
      values[key] = store.getOrDefault(key, -1);
      last = Math.max(last, values[key]);
    }
    for (int key = 0; key < KEYS; key++) {
      long wanted = last - Math.floorMod(last - key, KEYS);
      assertEquals(wanted, values[key], "last=" + last + " key=" + key);
    }
    return last;
  }
}
