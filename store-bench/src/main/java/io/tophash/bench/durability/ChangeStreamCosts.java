package io.tophash.bench.durability;

import io.tophash.core.codec.Codecs;
import io.tophash.sync.Changes;
import io.tophash.sync.Durability;
import io.tophash.sync.SyncStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;

/**
 * What it costs those who change a store at level EACH_CHANGE that somebody follows: random
 * overwrites of values of 100 bytes among 10,000 by 1, 2 and 8 threads, with no follower, with one
 * in the same process, and with one in another, in turns. Prints medians over the rounds.
 */
public final class ChangeStreamCosts {
  private static final int ENTRIES = 10_000;
  private static final int VALUE_BYTES = 100;
  private static final int ROUNDS = 5;
  private static final int[] THREADS = {1, 2, 8};
  private static final Duration LOOK = Duration.ofMillis(20);

  private ChangeStreamCosts() {}

  /** Who follows. */
  private enum Who {
    NOBODY,
    SAME_PROCESS,
    ANOTHER_PROCESS
  }

  /**
   * Measures and prints.
   *
   * @param args a directory on the device in question, and the seconds of each round; the process
   *     that it starts gets the store alone
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length == 1) {
      followUntilTold(Path.of(args[0]));
      return;
    }
    Path directory = Files.createTempDirectory(Path.of(args[0]), "stream-");
    double seconds = Double.parseDouble(args[1]);
    try (SyncStore<Long, byte[]> store =
        SyncStore.builder(Codecs.int64(), Codecs.bytes())
            .durability(Durability.EACH_CHANGE)
            .open(directory.resolve("stream.tph"))) {
      for (int threads : THREADS) {
        double[][] rates = new double[Who.values().length][ROUNDS];
        double[][] shares = new double[Who.values().length][ROUNDS];
        for (int round = -2; round < ROUNDS; round++) { // the first two warm up
          for (Who who : Who.values()) {
            double[] figures = round(store, who, threads, seconds);
            if (round >= 0) {
              rates[who.ordinal()][round] = figures[0];
              shares[who.ordinal()][round] = figures[1];
            }
          }
        }
        for (Who who : Who.values()) {
          System.out.printf(
              Locale.ROOT,
              "%d threads, follower=%-16s %8.0f puts/s  x%.3f  followed by then %.3f%n",
              threads,
              who,
              median(rates[who.ordinal()]),
              median(rates[who.ordinal()]) / median(rates[0]),
              median(shares[who.ordinal()]));
        }
      }
    }
    try (var files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  /** Changes a second, and how many of them had been followed when the last one returned. */
  private static double[] round(SyncStore<Long, byte[]> store, Who who, int threads, double seconds)
      throws IOException, InterruptedException {
    switch (who) {
      case SAME_PROCESS:
        LongAdder followed = new LongAdder();
        try (Changes<Long, byte[]> changes = store.changes(store.changePosition())) {
          Thread follower = new Thread(() -> follow(changes, followed));
          follower.start();
          double[] figures = change(store, threads, seconds);
          double share = followed.sum() / figures[1];
          follower.interrupt();
          follower.join();
          return new double[] {figures[0], share};
        }
      case ANOTHER_PROCESS:
        Process process =
            new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    ChangeStreamCosts.class.getName(),
                    store.path().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
          lines.readLine(); // it follows
          double[] figures = change(store, threads, seconds);
          process.getOutputStream().close();
          double share = Long.parseLong(lines.readLine()) / figures[1];
          process.waitFor();
          return new double[] {figures[0], share};
        }
      default:
        return new double[] {change(store, threads, seconds)[0], 0};
    }
  }

  private static void follow(Changes<Long, byte[]> changes, LongAdder followed) {
    try {
      while (true) {
        if (changes.take(LOOK) != null) {
          followed.increment();
        }
      }
    } catch (InterruptedException e) {
      // The round is over.
    }
  }

  /** Another process: follows until its input ends, then prints how many changes there were. */
  private static void followUntilTold(Path path) throws IOException, InterruptedException {
    try (SyncStore<Long, byte[]> store =
            SyncStore.builder(Codecs.int64(), Codecs.bytes()).readOnly(true).open(path);
        Changes<Long, byte[]> changes = store.changes(store.changePosition())) {
      LongAdder followed = new LongAdder();
      Thread follower = new Thread(() -> follow(changes, followed));
      follower.start();
      System.out.println("follows");
      while (System.in.read() >= 0) {}
      System.out.println(followed.sum());
      follower.interrupt();
      follower.join();
    }
  }

  /** Changes a second, and how many there were. */
  private static double[] change(SyncStore<Long, byte[]> store, int threads, double seconds)
      throws InterruptedException {
    LongAdder puts = new LongAdder();
    List<Thread> running = new ArrayList<>();
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    for (int t = 0; t < threads; t++) {
      SplittableRandom random = new SplittableRandom(start + t);
      Thread thread =
          new Thread(
              () -> {
                byte[] value = new byte[VALUE_BYTES];
                long count = 0;
                while (System.nanoTime() < end) {
                  random.nextBytes(value);
                  store.set((long) random.nextInt(ENTRIES), value);
                  count++;
                }
                puts.add(count);
              });
      running.add(thread);
      thread.start();
    }
    for (Thread thread : running) {
      thread.join();
    }
    return new double[] {puts.sum() * 1e9 / (System.nanoTime() - start), puts.sum()};
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
