package io.tophash.bench.soak;

import io.tophash.sync.SyncStats;
import io.tophash.sync.SyncStore;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** The figures of one second. Linux only. */
final class SoakSample {
  static final String HEADER =
      "second,entries,heapMiB,rssAnonMiB,rssMappedMiB,otherRssAnonMiB,descriptors,mappings,fileMiB,"
          + "diskMiB,usedMiB,freeMiB,reads,readP50Us,readP99Us,readP999Us,readMaxUs,writes,"
          + "writeP50Us,writeP99Us,writeP999Us,writeMaxUs,rebuilds,takeovers,kills,event";

  private final SyncStore<String, byte[]> store;
  private final Path path;
  private final Recorder reads;
  private final Recorder writes;

  SoakSample(SyncStore<String, byte[]> store, Path path, Recorder reads, Recorder writes) {
    this.store = store;
    this.path = path;
    this.reads = reads;
    this.writes = writes;
  }

  String line(int second, Process other, int kills, String event) throws IOException {
    SyncStats stats = store.stats();
    double heap = mib(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    String self = status("self");
    return String.join(
        ",",
        Integer.toString(second),
        Long.toString(stats.entries()),
        number(heap),
        number(kib(self, "RssAnon:") / 1024),
        number((kib(self, "RssShmem:") + kib(self, "RssFile:")) / 1024),
        number(kib(status(Long.toString(other.pid())), "RssAnon:") / 1024),
        Long.toString(descriptors()),
        Long.toString(mappings()),
        number(mib(Files.size(path))),
        number(mib(diskBytes())),
        number(mib(stats.usedBytes())),
        number(mib(stats.freeBytes())),
        latencies(reads.getIntervalHistogram()),
        latencies(writes.getIntervalHistogram()),
        Long.toString(stats.rebuilds()),
        Long.toString(stats.takeovers()),
        Integer.toString(kills),
        event);
  }

  /** The space that the file takes: its end is sparse. */
  private long diskBytes() throws IOException {
    Process stat = new ProcessBuilder("stat", "-c", "%b", path.toString()).start();
    try (InputStream in = stat.getInputStream()) {
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return 512 * Long.parseLong(text.trim());
    }
  }

  static String latencies(Histogram h) {
    return h.getTotalCount()
        + ","
        + number(h.getValueAtPercentile(50) / 1e3)
        + ","
        + number(h.getValueAtPercentile(99) / 1e3)
        + ","
        + number(h.getValueAtPercentile(99.9) / 1e3)
        + ","
        + number(h.getMaxValue() / 1e3);
  }

  static double mib(long bytes) {
    return bytes / 1024.0 / 1024.0;
  }

  static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private static String status(String pid) throws IOException {
    try {
      return Files.readString(Path.of("/proc", pid, "status"));
    } catch (NoSuchFileException e) {
      return ""; // killed just now
    }
  }

  private static double kib(String status, String name) {
    return status
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElse(0);
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }

  private long mappings() throws IOException {
    String name = path.getFileName().toString();
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.filter(line -> line.contains(name)).count();
    }
  }
}
