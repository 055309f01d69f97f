package io.tophash.bench.hits;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How often a cache at its bound has what it is asked for: the same requests to each cache, of
 * which the second half counts. Once with a bound in entries, whose values are of one size, and
 * once with one in bytes, whose sizes differ. Prints tables.
 */
@Command(name = "hits", mixinStandardHelpOptions = true, description = "Hit ratios at the bound.")
public final class HitRatios implements Callable<Integer> {
  private static final int ENTRY_BYTES = 100;
  private static final int LEAST_BYTES = 16;
  private static final int DOUBLINGS = 7;
  private static final long SEED = 42;

  @Option(
      names = "--keys",
      defaultValue = "500000",
      description = "Keys in demand. Default: 500000")
  private int keys;

  @Option(names = "--requests", defaultValue = "4000000", description = "Default: 4000000")
  private int requests;

  @Option(
      names = "--entries",
      split = ",",
      defaultValue = "5000,50000",
      description = "Bounds in entries. Default: 5000,50000")
  private long[] entries;

  @Option(
      names = "--bytes",
      split = ",",
      defaultValue = "2097152,20971520",
      description = "Bounds in bytes. Default: 2097152,20971520")
  private long[] bytes;

  @Option(names = "--dir", defaultValue = "/dev/shm", description = "Where files are made.")
  private Path directory;

  private HitRatios() {}

  /**
   * Runs it.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new HitRatios()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    print(BoundedCache.Bound.ENTRIES, entries, System.out);
    print(BoundedCache.Bound.BYTES, bytes, System.out);
    return 0;
  }

  private void print(BoundedCache.Bound bound, long[] bounds, PrintStream out) throws IOException {
    StringBuilder head = new StringBuilder("| trace, bound in ");
    StringBuilder line = new StringBuilder("|---|");
    head.append(bound.name().toLowerCase(Locale.ROOT)).append(" |");
    Map<BoundedCache.Kind, double[]> sums = new EnumMap<>(BoundedCache.Kind.class);
    for (BoundedCache.Kind kind : BoundedCache.Kind.values()) {
      if (bound == BoundedCache.Bound.BYTES || kind != BoundedCache.Kind.CAFFEINE_OBJECTS) {
        head.append(' ').append(kind.title()).append(" |");
        line.append("---|");
        sums.put(kind, new double[bounds.length]);
      }
    }
    out.println(head);
    out.println(line);
    for (Trace trace : Trace.values()) {
      int[] all = trace.requests(keys, requests, SEED);
      StringBuilder row = new StringBuilder("| " + trace.title() + " |");
      for (BoundedCache.Kind kind : sums.keySet()) {
        row.append(' ');
        for (int i = 0; i < bounds.length; i++) {
          double hits = hits(kind, bound, bounds[i], all);
          sums.get(kind)[i] += hits;
          row.append(i == 0 ? "" : " / ").append(percent(hits));
        }
        row.append(" |");
      }
      out.println(row);
    }
    StringBuilder mean = new StringBuilder("| mean |");
    for (double[] each : sums.values()) {
      mean.append(' ');
      for (int i = 0; i < each.length; i++) {
        mean.append(i == 0 ? "" : " / ").append(percent(each[i] / Trace.values().length));
      }
      mean.append(" |");
    }
    out.println(mean);
    out.println();
  }

  private static String percent(double part) {
    return String.format(Locale.ROOT, "%.1f", 100 * part);
  }

  private double hits(BoundedCache.Kind kind, BoundedCache.Bound bound, long most, int[] all)
      throws IOException {
    Path file = Files.createTempFile(directory, "tophash-hits", ".tph");
    try (BoundedCache cache = kind.open(bound, most, file)) {
      return hits(cache, bound, all);
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(file.resolveSibling(file.getFileName() + ".lock"));
    }
  }

  /** The part of the second half of the requests that finds its key. */
  static double hits(BoundedCache cache, BoundedCache.Bound bound, int[] all) {
    int hits = 0;
    for (int i = 0; i < all.length; i++) {
      Integer key = all[i];
      if (cache.get(key)) {
        hits += i >= all.length / 2 ? 1 : 0;
      } else {
        cache.put(key, new byte[bound == BoundedCache.Bound.ENTRIES ? ENTRY_BYTES : size(key)]);
      }
    }
    return hits / (all.length / 2.0);
  }

  /** Size of a key's value: as many of one size as of twice that. */
  private static int size(int key) {
    double part = (key * 0x9E37_79B9 >>> 8) / (double) (1 << 24);
    return (int) (LEAST_BYTES * Math.pow(2, part * DOUBLINGS));
  }
}
