package io.tophash.bench.soak;

import io.tophash.cache.TophashCache;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Recorder;

/**
 * What one thread does to the cache of a soak: reads, stores what it did not find, overwrites,
 * removes. Each value says whose it is, so that a torn or foreign one is noticed.
 */
final class CacheSoakWork implements Runnable {
  private static final int KEYS = 400_000;
  private static final int BATCH = 20;

  /** Values have from one byte to 2 to the power of this. */
  private static final int LARGEST_SHIFT = 20;

  private final TophashCache<Integer, byte[]> cache;
  private final SplittableRandom random;
  private final Recorder reads;
  private final Recorder writes;
  private final long pauseNanos;
  private volatile boolean ended;
  private volatile long puts;

  CacheSoakWork(
      TophashCache<Integer, byte[]> cache,
      long seed,
      Recorder reads,
      Recorder writes,
      long pauseNanos) {
    this.cache = cache;
    this.random = new SplittableRandom(seed);
    this.reads = reads;
    this.writes = writes;
    this.pauseNanos = pauseNanos;
  }

  void end() {
    ended = true;
  }

  /** How many values it has stored. */
  long puts() {
    return puts;
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
    // Some keys are asked for much more often than others.
    int key = random.nextInt(random.nextInt(KEYS) + 1);
    int what = random.nextInt(20);
    long start = System.nanoTime();
    if (what == 0) {
      cache.invalidate(key);
    } else if (what <= 2) {
      put(key);
    } else {
      byte[] value = cache.getIfPresent(key);
      long read = System.nanoTime();
      reads.recordValue(read - start);
      if (value != null) {
        check(key, value);
        return;
      }
      start = System.nanoTime();
      put(key);
    }
    writes.recordValue(System.nanoTime() - start);
  }

  private void put(int key) {
    byte[] value = value(key, random.nextInt(1 << 16));
    if (random.nextInt(10) == 0) {
      cache.put(key, value, Duration.ofSeconds(1 + random.nextInt(60)));
    } else {
      cache.put(key, value);
    }
    puts++;
  }

  /**
   * A value of the key's size, of one of many versions; all its bytes follow from its first two.
   */
  private static byte[] value(int key, int version) {
    byte[] value = new byte[size(key)];
    int state = key * 31 + version;
    for (int i = 0; i < value.length; i++) {
      value[i] = (byte) (i == 0 ? version : i == 1 ? version >>> 8 : state >>> (i & 3) * 8);
    }
    return value;
  }

  /** As many keys have a value of one size as of twice that. */
  private static int size(int key) {
    double part = (key * 0x9E37_79B9 >>> 8) / (double) (1 << 24);
    return (int) Math.pow(2, part * LARGEST_SHIFT);
  }

  /**
   * Compares a value with what its key must have.
   *
   * @throws IllegalStateException if it is another
   */
  static void check(int key, byte[] value) {
    int version = (value[0] & 0xFF) | (value.length > 1 ? (value[1] & 0xFF) << 8 : 0);
    byte[] right = value(key, version);
    if (!Arrays.equals(right, value)) {
      throw new IllegalStateException(
          "a wrong value, key=" + key + " bytes=" + value.length + " of " + right.length);
    }
  }
}
