package io.tophash.bench.durability;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What this process has cost so far, as Linux counts it.
 *
 * @param minorFaults page faults for which nothing had to be read, in all threads
 * @param systemNanos time in the kernel, of all threads; the kernel counts in hundredths of a
 *     second
 */
record ProcessTimes(long minorFaults, long systemNanos) {
  private static final long NANOS_EACH = 10_000_000;

  static ProcessTimes now() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    // Behind the name, which may have spaces; the first of these is field 3 of proc(5).
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return new ProcessTimes(
        Long.parseLong(fields[10 - 3]), Long.parseLong(fields[15 - 3]) * NANOS_EACH);
  }
}
