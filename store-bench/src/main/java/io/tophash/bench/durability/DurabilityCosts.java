package io.tophash.bench.durability;

import io.tophash.core.codec.Codecs;
import io.tophash.sync.Durability;
import io.tophash.sync.SyncStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Random overwrites and lookups of a million values of 100 bytes by two threads at full speed, in
 * one store whose level is changed in turns. One of the rows is no level: the pages of the store
 * are written back as often as checkpoints would come, with nothing sealed and nothing copied,
 * which is what the system alone takes for it. Prints medians over the rounds.
 */
public final class DurabilityCosts {
  private static final int ENTRIES = 1_000_000;
  private static final int VALUE_BYTES = 100;
  private static final int THREADS = 2;
  private static final int ROUNDS = 5;
  private static final long WRITE_BACK_NANOS = 550_000_000;
  private static final List<Row> ROWS =
      List.of(
          new Row("process", Durability.PROCESS, false),
          new Row("process, pages written back", Durability.PROCESS, true),
          new Row("maxLoss 1 s", Durability.POWER_LOSS.maxLoss(Duration.ofSeconds(1)), false),
          new Row("maxLoss 10 s", Durability.POWER_LOSS.maxLoss(Duration.ofSeconds(10)), false));

  /** What is measured; {@code writesBack} without any checkpoint. */
  private record Row(String name, Durability level, boolean writesBack) {}

  private DurabilityCosts() {}

  /**
   * Measures and prints.
   *
   * @param args the directory of the store, and the seconds of each round
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path path = Files.createTempFile(Path.of(args[0]), "costs-", ".tph");
    double seconds = Double.parseDouble(args[1]);
    int rows = ROWS.size();
    double[][] puts = new double[rows][ROUNDS];
    double[][] gets = new double[rows][ROUNDS];
    double[][] faults = new double[rows][ROUNDS];
    double[][] system = new double[rows][ROUNDS];
    long[] written = new long[rows];
    try (SyncStore<Long, byte[]> store =
        SyncStore.builder(Codecs.int64(), Codecs.bytes()).open(path)) {
      // Closed with the process: the store would lose its locks with any channel on its file.
      FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
      for (long key = 0; key < ENTRIES; key++) {
        store.set(key, new byte[VALUE_BYTES]);
      }
      nanos(store, true, seconds);
      for (int round = 0; round < ROUNDS; round++) {
        for (int row = 0; row < rows; row++) {
          Row each = ROWS.get(row);
          store.durability(each.level);
          long checkpoints = store.stats().checkpoint().count();
          ProcessTimes before = ProcessTimes.now();
          AtomicLong count = new AtomicLong();
          Thread writer = each.writesBack ? writeBack(file, count, seconds) : null;
          puts[row][round] = nanos(store, true, seconds);
          double operations = THREADS * seconds * 1e9 / puts[row][round];
          ProcessTimes after = ProcessTimes.now();
          faults[row][round] = (after.minorFaults() - before.minorFaults()) / operations;
          system[row][round] = (after.systemNanos() - before.systemNanos()) / operations;
          if (writer != null) {
            writer.join();
          }
          written[row] += count.get() + store.stats().checkpoint().count() - checkpoints;
          gets[row][round] = nanos(store, false, seconds / 3);
        }
      }
      store.durability(Durability.PROCESS);
    } finally {
      Files.deleteIfExists(path);
      Files.deleteIfExists(path.resolveSibling(path.getFileName() + ".lock"));
    }
    System.out.printf(
        "%-28s %8s %12s %14s %8s %12s%n",
        "", "put ns", "faults a put", "system ns/put", "get ns", "written back");
    for (int row = 0; row < rows; row++) {
      System.out.printf(
          Locale.ROOT,
          "%-28s %8.0f %12.3f %14.0f %8.0f %12d%n",
          ROWS.get(row).name,
          median(puts[row]),
          median(faults[row]),
          median(system[row]),
          median(gets[row]),
          written[row]);
    }
  }

  /** Writes all pages back again and again, for so long. */
  private static Thread writeBack(FileChannel file, AtomicLong count, double seconds) {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    Thread thread =
        new Thread(
            () -> {
              try {
                MappedByteBuffer all = file.map(MapMode.READ_WRITE, 0, file.size());
                long next = System.nanoTime() + WRITE_BACK_NANOS;
                while (next < end) {
                  LockSupport.parkNanos(next - System.nanoTime());
                  if (System.nanoTime() >= next) {
                    next = System.nanoTime() + WRITE_BACK_NANOS;
                    all.force();
                    count.incrementAndGet();
                  }
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    thread.start();
    return thread;
  }

  /** Time of an operation as each thread sees it. */
  private static double nanos(SyncStore<Long, byte[]> store, boolean writes, double seconds)
      throws InterruptedException {
    LongAdder operations = new LongAdder();
    Thread[] threads = new Thread[THREADS];
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    for (int t = 0; t < THREADS; t++) {
      SplittableRandom random = new SplittableRandom(start + t);
      threads[t] = new Thread(() -> operations.add(work(store, writes, random, end)));
      threads[t].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return (System.nanoTime() - start) * (double) THREADS / operations.sum();
  }

  private static long work(
      SyncStore<Long, byte[]> store, boolean writes, SplittableRandom random, long end) {
    byte[] value = new byte[VALUE_BYTES];
    long count = 0;
    long found = 0;
    while (System.nanoTime() < end) {
      for (int i = 0; i < 100; i++, count++) {
        long key = random.nextInt(ENTRIES);
        if (writes) {
          value[0] = (byte) count;
          store.set(key, value);
        } else {
          found += store.get(key).length;
        }
      }
    }
    if (!writes && found != count * VALUE_BYTES) {
      throw new IllegalStateException("a value is not what was stored");
    }
    return count;
  }

  private static double median(double[] figures) {
    double[] sorted = figures.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
