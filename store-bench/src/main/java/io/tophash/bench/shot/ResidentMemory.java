package io.tophash.bench.shot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The memory of this process as Linux counts it: its own, such as the heap, and that of the files
 * that it has mapped, which it shares with the page cache.
 */
final class ResidentMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final double KIB_PER_MIB = 1024;

  private ResidentMemory() {}

  /** Prints both, or -1 if this system does not tell. */
  static void print() throws IOException {
    List<String> lines = Files.isReadable(STATUS) ? Files.readAllLines(STATUS) : List.of();
    Shot.print("residentOwnMib", mib(lines, "RssAnon:"));
    double files = mib(lines, "RssFile:");
    double shared = mib(lines, "RssShmem:"); // files on tmpfs
    Shot.print("residentMappedMib", files < 0 || shared < 0 ? -1 : files + shared);
  }

  private static double mib(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / KIB_PER_MIB)
        .findFirst()
        .orElse(-1);
  }
}
