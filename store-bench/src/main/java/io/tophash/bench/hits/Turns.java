package io.tophash.bench.hits;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/** Several sides of a comparison, which take turns in one JVM. */
final class Turns {
  private static final int TURNS = 9;

  private Turns() {}

  /** Runs the sides by turns; prints the median of each in nanoseconds for one operation. */
  static void race(String what, int operations, Map<String, IntUnaryOperator> sides) {
    Map<String, double[]> times = new LinkedHashMap<>();
    sides.keySet().forEach(name -> times.put(name, new double[TURNS]));
    long sum = 0;
    for (int turn = -3; turn < TURNS; turn++) {
      for (Map.Entry<String, IntUnaryOperator> side : sides.entrySet()) {
        long start = System.nanoTime();
        sum += side.getValue().applyAsInt(operations);
        double nanos = (System.nanoTime() - start) / (double) operations;
        if (turn >= 0) {
          times.get(side.getKey())[turn] = nanos;
        }
      }
    }
    times.forEach(
        (name, all) -> {
          Arrays.sort(all);
          System.out.printf(
              Locale.ROOT,
              "%s, %s: %.1f ns (%.1f to %.1f)%n",
              what,
              name,
              all[TURNS / 2],
              all[0],
              all[TURNS - 1]);
        });
    if (sum == 42) {
      System.out.println();
    }
  }
}
