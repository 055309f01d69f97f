package io.tophash.bench.soak;

import io.tophash.core.codec.Codecs;
import io.tophash.sync.SyncStore;
import io.tophash.sync.SyncStoreBuilder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Recorder;

/**
 * What one thread of a soak does: lookups, stores, removals, conditional changes, a part of them
 * with large values. Each value says whose it is, so that a torn or foreign one is noticed.
 */
final class SoakWork implements Runnable {
  private static final int KEYS = 100_000;
  private static final int LARGE_KEYS = 200;
  private static final int SMALL_BYTES = 600;
  private static final int LARGE_BYTES = 200_000;
  private static final int BATCH = 20;

  private final SyncStore<String, byte[]> store;
  private final SplittableRandom random;
  private final Recorder reads;
  private final Recorder writes;
  private final long pauseNanos;
  private volatile boolean ended;

  SoakWork(
      SyncStore<String, byte[]> store,
      long seed,
      Recorder reads,
      Recorder writes,
      long pauseNanos) {
    this.store = store;
    this.random = new SplittableRandom(seed);
    this.reads = reads;
    this.writes = writes;
    this.pauseNanos = pauseNanos;
  }

  static SyncStoreBuilder<String, byte[]> builder() {
    return SyncStore.builder(Codecs.utf8(), Codecs.bytes());
  }

  static SyncStore<String, byte[]> open(Path path) {
    return builder().open(path);
  }

  void end() {
    ended = true;
  }

  @Override
  public void run() {
    while (!ended) {
      for (int i = 0; i < BATCH; i++) {
        step();
      }
      LockSupport.parkNanos(pauseNanos);
    }
  }

  private void step() {
    boolean large = random.nextInt(200) == 0;
    String key = large ? "large-" + random.nextInt(LARGE_KEYS) : "key-" + random.nextInt(KEYS);
    int kind = random.nextInt(100);
    byte[] value = kind < 60 ? null : value(key, large);
    long start = System.nanoTime();
    if (kind < 60) {
      byte[] found = store.get(key);
      reads.recordValue(System.nanoTime() - start);
      if (found != null) {
        check(key, found);
      }
      return;
    } else if (kind < 82) {
      store.set(key, value);
    } else if (kind < 90) {
      store.delete(key);
    } else if (kind < 96) {
      store.putIfAbsent(key, value);
    } else {
      byte[] previous = store.put(key, value);
      if (previous != null) {
        check(key, previous);
      }
    }
    writes.recordValue(System.nanoTime() - start);
  }

  private byte[] value(String key, boolean large) {
    byte[] value = new byte[4 + random.nextInt(large ? LARGE_BYTES : SMALL_BYTES)];
    int tag = key.hashCode();
    byte fill = (byte) (tag ^ value.length);
    Arrays.fill(value, fill);
    for (int i = 0; i < 4; i++) {
      value[i] = (byte) (tag >>> 8 * i);
    }
    return value;
  }

  /** Fails if a value is not whole, or not of this key. */
  static void check(String key, byte[] value) {
    int tag = key.hashCode();
    byte fill = (byte) (tag ^ value.length);
    for (int i = 0; i < value.length; i++) {
      if (value[i] != (i < 4 ? (byte) (tag >>> 8 * i) : fill)) {
        throw new IllegalStateException("a torn or foreign value, key=" + key + " byte=" + i);
      }
    }
  }
}
