package io.tophash.bench.soak;

import io.tophash.cache.CacheStats;
import io.tophash.cache.Policy;
import io.tophash.cache.TophashCache;
import io.tophash.core.VerifyReport;
import io.tophash.core.codec.Codecs;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Recorder;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A long run of a cache at its bound, with values from a byte to a mebibyte, as many of one size as
 * of twice that: this process and another one, which is killed at random and started again. No
 * value may be wrong, the file never larger than the bound, and no exception may reach a user.
 * Every second a line of figures goes to a CSV file, of which charts are drawn at the end.
 */
@Command(
    name = "cache-soak",
    mixinStandardHelpOptions = true,
    description = "A long run of a cache at its bound.")
public final class CacheSoak implements Callable<Integer> {
  private static final String HEADER =
      "second,boundMiB,fileMiB,usedMiB,payloadMiB,entries,evicted,expired,rejected,reads,readP50Us,"
          + "readP99Us,readP999Us,readMaxUs,writes,writeP50Us,writeP99Us,writeP999Us,writeMaxUs,"
          + "kills,event";

  /** Seconds between two looks at all entries, in which the payload is counted. */
  private static final int WALK_SECONDS = 10;

  @Option(names = "--minutes", defaultValue = "30", description = "How long. Default: 30")
  private double minutes;

  @Option(names = "--threads", defaultValue = "2", description = "Per process. Default: 2")
  private int threads;

  @Option(names = "--mebibytes", defaultValue = "128", description = "The bound. Default: 128")
  private int mebibytes;

  @Option(
      names = "--pause-micros",
      defaultValue = "1000",
      description = "Pause of a thread after 20 operations. Default: 1000")
  private long pauseMicros;

  @Option(names = "--cache", required = true, description = "The cache's file, made anew.")
  private Path path;

  @Option(names = "--out", required = true, description = "Directory for CSV and charts.")
  private Path out;

  @Option(names = "--child", hidden = true)
  private boolean child;

  private final Recorder reads = new Recorder(3);
  private final Recorder writes = new Recorder(3);
  private final List<CacheSoakWork> work = new ArrayList<>();
  private final Random random = new Random();
  private SoakCrew crew;
  private double payloadMiB;
  private CacheStats before;

  private CacheSoak() {}

  /**
   * Runs it.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new CacheSoak()).execute(args));
  }

  private TophashCache<Integer, byte[]> open() {
    return TophashCache.builder(Codecs.int32(), Codecs.bytes())
        .maxBytes((long) mebibytes << 20)
        .open(path);
  }

  @Override
  public Integer call() throws Exception {
    crew = new SoakCrew(child);
    if (child) {
      try (TophashCache<Integer, byte[]> cache = open()) {
        startThreads(cache);
        System.in.read(); // ends with the parent
        endThreads();
      }
      return crew.failure() == null ? 0 : 1;
    }
    Files.createDirectories(out);
    Files.deleteIfExists(path);
    Path csv = out.resolve("cache-soak.csv");
    try (TophashCache<Integer, byte[]> cache = open();
        PrintWriter lines = new PrintWriter(Files.newBufferedWriter(csv))) {
      lines.println(HEADER);
      before = cache.statsOfAll();
      startThreads(cache);
      startOther();
      run(cache, lines);
      endThreads();
      crew.endOther();
      walk(cache);
      VerifyReport report = cache.verify();
      CacheStats stats = cache.statsOfAll();
      System.out.printf(
          Locale.ROOT,
          "cache soak ended: minutes=%.1f kills=%d entries=%d evicted=%d rejected=%d puts=%d"
              + " findings=%s failure=%s%n",
          minutes,
          crew.kills(),
          cache.estimatedSize(),
          stats.evictionCount(),
          stats.rejectedCount(),
          work.stream().mapToLong(CacheSoakWork::puts).sum(),
          report.findings(),
          crew.failure());
      if (!report.isClean()) {
        return 1;
      }
    }
    SoakCharts.draw(csv, out, "cache-soak", SoakCharts.CACHE);
    return crew.failure() == null ? 0 : 1;
  }

  private void run(TophashCache<Integer, byte[]> cache, PrintWriter lines) throws Exception {
    crew.run(
        minutes,
        (second, event) -> {
          if (event.isEmpty() && second % WALK_SECONDS == 1) {
            walk(cache);
          }
          lines.println(line(cache, second, event));
          lines.flush();
        });
  }

  /** Compares all values with what their keys must have. */
  private void walk(TophashCache<Integer, byte[]> cache) {
    long[] bytes = new long[1];
    cache
        .asMap()
        .forEach(
            (key, value) -> {
              CacheSoakWork.check(key, value);
              bytes[0] += Integer.BYTES + value.length;
            });
    payloadMiB = SoakSample.mib(bytes[0]);
  }

  private String line(TophashCache<Integer, byte[]> cache, int second, String event)
      throws IOException {
    Policy policy = cache.policy();
    long fileBytes = Files.size(path);
    if (fileBytes > policy.maxBytes() || policy.usedBytes() > policy.maxBytes()) {
      crew.fail("the bound is exceeded, file=" + fileBytes + " policy=" + policy);
    }
    CacheStats stats = cache.statsOfAll();
    CacheStats last = before;
    before = stats;
    return String.join(
        ",",
        Integer.toString(second),
        SoakSample.number(SoakSample.mib(policy.maxBytes())),
        SoakSample.number(SoakSample.mib(fileBytes)),
        SoakSample.number(SoakSample.mib(policy.usedBytes())),
        SoakSample.number(payloadMiB),
        Long.toString(policy.entries()),
        Long.toString(stats.evictionCount() - last.evictionCount()),
        Long.toString(stats.expiredCount() - last.expiredCount()),
        Long.toString(stats.rejectedCount() - last.rejectedCount()),
        SoakSample.latencies(reads.getIntervalHistogram()),
        SoakSample.latencies(writes.getIntervalHistogram()),
        Integer.toString(crew.kills()),
        event);
  }

  private void startThreads(TophashCache<Integer, byte[]> cache) {
    for (int i = 0; i < threads; i++) {
      CacheSoakWork one =
          new CacheSoakWork(
              cache, random.nextLong(), reads, writes, TimeUnit.MICROSECONDS.toNanos(pauseMicros));
      work.add(one);
      crew.start(one);
    }
  }

  private void endThreads() throws InterruptedException {
    work.forEach(CacheSoakWork::end);
    crew.join();
  }

  private void startOther() throws IOException {
    crew.startOther(
        CacheSoak.class,
        out.resolve("child.log"),
        List.of(
            "--child",
            "--cache",
            path.toString(),
            "--out",
            out.toString(),
            "--threads",
            Integer.toString(threads),
            "--mebibytes",
            Integer.toString(mebibytes),
            "--pause-micros",
            Long.toString(pauseMicros)));
  }
}
