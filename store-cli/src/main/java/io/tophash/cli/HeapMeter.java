package io.tophash.cli;

/** The heap in use, as well as a program can tell from within. */
final class HeapMeter {
  private static final int TRIES = 3;

  private HeapMeter() {}

  /** The least heap in use of several tries, each after {@code System.gc()}, in bytes. */
  static long usedBytes() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < TRIES; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
