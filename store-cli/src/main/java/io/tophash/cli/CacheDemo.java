package io.tophash.cli;

import io.tophash.cache.CacheStats;
import io.tophash.cache.Policy;
import io.tophash.cache.TophashCache;
import io.tophash.core.VerifyReport;
import java.io.IOException;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * The demo of the cache. This process and three others have one bounded cache before a slow source.
 * First all want the same pages at the same time; then each wants whatever its users want, for a
 * while; then one is killed in the middle of a load; and at the end the cache is opened anew.
 */
final class CacheDemo {
  static final long MAX_BYTES = 8L << 20;

  private static final int OTHERS = 3;
  private static final long SEED = 42;

  /** So many of the pages that are asked for most are looked for after the restart. */
  private static final int HOT = 1_000;

  private final Path path;
  private final Path directory;
  private final CacheDemoReport report;
  private final Interruption interruption;
  private final Consumer<String> status;

  /** What this process asked the source for. */
  private final ConcurrentLinkedQueue<Long> asked = new ConcurrentLinkedQueue<>();

  /**
   * @param path where the cache is made; there is nothing yet
   * @param directory for files of the demo
   * @param report takes the results
   * @param interruption ends the run early
   * @param status takes the name of each step as it begins
   */
  CacheDemo(
      Path path,
      Path directory,
      CacheDemoReport report,
      Interruption interruption,
      Consumer<String> status) {
    this.path = path;
    this.directory = directory;
    this.report = report;
    this.interruption = interruption;
    this.status = status;
  }

  /** Runs all of it. */
  void run(double seconds) throws IOException {
    List<DemoProcess> others = new ArrayList<>();
    long entries;
    try (TophashCache<Long, byte[]> cache = open()) {
      for (int i = 0; i < OTHERS; i++) {
        others.add(start(i));
      }
      for (DemoProcess other : others) {
        other.awaitFirst(interruption);
      }
      rush(cache, others);
      work(cache, seconds);
      kill(cache, others.get(OTHERS - 1));
      others.subList(0, OTHERS - 1).forEach(DemoProcess::end);
      for (int i = 0; i < OTHERS - 1; i++) {
        report(i + 1, others.get(i));
      }
      cache.cleanUp();
      figures(cache);
      entries = cache.estimatedSize();
    } finally {
      others.forEach(DemoProcess::close);
    }
    reopen(entries);
  }

  private TophashCache<Long, byte[]> open() {
    return CacheDemoChild.open(path, new CacheDemoSource(asked::add));
  }

  private DemoProcess start(int index) throws IOException {
    boolean victim = index == OTHERS - 1;
    return new DemoProcess(
        List.of("cache-demo-child", path.toString(), "" + (SEED + index), "" + victim),
        false,
        directory.resolve("instance" + index));
  }

  private void goOn() {
    if (interruption.isRequested()) {
      throw new CliException(ExitCode.INTERNAL, "interrupted");
    }
  }

  /** All four want the same pages at once. */
  private void rush(TophashCache<Long, byte[]> cache, List<DemoProcess> others) throws IOException {
    status.accept("all four want the same pages");
    cache.put(CacheDemoChild.START, new byte[0]);
    long wrong = 0;
    for (long page = 0; page < CacheDemoChild.RUSH; page++) {
      goOn();
      wrong += Arrays.equals(CacheDemoSource.page(page), cache.get(page)) ? 0 : 1;
    }
    // Who gets the last page of the rush here had all before; the others may still be reading what
    // is in the cache, but they load nothing any more.
    Map<Long, Integer> loads = new HashMap<>();
    asked.forEach(page -> loads.merge(page, 1, Integer::sum));
    for (DemoProcess other : others) {
      LongBuffer said = other.said();
      while (said.hasRemaining()) {
        long word = said.get();
        if (word >= 0) {
          loads.merge(word, 1, Integer::sum);
        }
      }
    }
    long twice = loads.values().stream().filter(count -> count > 1).count();
    int sum = loads.values().stream().mapToInt(Integer::intValue).sum();
    report.rushPages = CacheDemoChild.RUSH;
    report.rushLoads = sum;
    report.check(
        "four processes that want the same pages at once load each once",
        twice == 0 && sum == CacheDemoChild.RUSH && wrong == 0,
        String.format(
            Locale.ROOT, "%,d pages, %,d loads, not %,d", CacheDemoChild.RUSH, sum, 4 * sum));
    cache.put(CacheDemoChild.END_OF_RUSH, new byte[0]);
  }

  /** The others work; this one looks at the bound. */
  private void work(TophashCache<Long, byte[]> cache, double seconds) {
    status.accept("working");
    long end = System.nanoTime() + (long) (seconds * 1e9);
    do {
      goOn();
      Policy policy = cache.policy();
      report.mostBytes = Math.max(report.mostBytes, policy.usedBytes());
      report.looks++;
      DemoProcess.pause(1);
    } while (System.nanoTime() < end);
    report.check(
        "the bound is kept at every look",
        report.mostBytes <= MAX_BYTES,
        String.format(
            Locale.ROOT,
            "at most %,d of %,d bytes, %,d looks",
            report.mostBytes,
            MAX_BYTES,
            report.looks));
  }

  private void kill(TophashCache<Long, byte[]> cache, DemoProcess victim) throws IOException {
    status.accept("killing one that loads");
    victim.closeInput();
    victim.awaitWord(CacheDemoChild.LOADING, interruption);
    int before = asked.size();
    byte[][] found = {null};
    Thread waiting = new Thread(() -> found[0] = cache.get((long) CacheDemoSource.LAST));
    waiting.start();
    victim.kill();
    long start = System.nanoTime();
    join(waiting);
    report.takeOverMs = (System.nanoTime() - start) / 1e6;
    report.check(
        "what a killed process was loading is loaded by one that waits for it",
        Arrays.equals(CacheDemoSource.page(CacheDemoSource.LAST), found[0])
            && asked.size() == before + 1,
        String.format(Locale.ROOT, "%.0f ms after the kill", report.takeOverMs));
    report.killedPid = victim.pid();
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void report(int number, DemoProcess other) throws IOException {
    LongBuffer said = other.said();
    long loads = 0;
    while (said.hasRemaining()) {
      long word = said.get();
      if (word == CacheDemoChild.DONE) {
        break;
      }
      loads += word >= 0 ? 1 : 0;
    }
    boolean told = other.endedWell() && said.remaining() == 3;
    long lookups = told ? said.get() : 0;
    long wrong = told ? said.get() : 0;
    report.rows.add(
        new CacheDemoReport.Row(number, other.pid(), lookups, loads, told ? said.get() : 0));
    report.check(
        "instance " + number + ": every page was whole and right",
        told && wrong == 0 && lookups > 0,
        told
            ? String.format(Locale.ROOT, "%,d compared, %,d wrong", lookups, wrong)
            : other.trouble());
  }

  private void figures(TophashCache<Long, byte[]> cache) {
    CacheStats all = cache.statsOfAll();
    report.hits = all.hitCount();
    report.misses = all.missCount();
    report.hitRatio = CacheFigures.hitRatio(all);
    report.evicted = all.evictionCount();
    report.rejected = all.rejectedCount();
    report.entries = cache.estimatedSize();
  }

  private void reopen(long entriesBefore) {
    status.accept("opening it again");
    long start = System.nanoTime();
    try (TophashCache<Long, byte[]> cache = open()) {
      byte[] first = cache.getIfPresent(0L);
      report.warmMs = (System.nanoTime() - start) / 1e6;
      long hot = 0;
      for (long page = 0; page < HOT; page++) {
        hot += cache.asMap().containsKey(page) ? 1 : 0;
      }
      report.hot = hot;
      report.check(
          "after a restart the cache is as it was",
          cache.estimatedSize() == entriesBefore && (first != null || hot > 0),
          String.format(
              Locale.ROOT,
              "%,d entries, the first hit after %.1f ms, %,d of the %,d pages asked for most",
              cache.estimatedSize(),
              report.warmMs,
              hot,
              HOT));
      VerifyReport verified = cache.verify();
      report.check(
          "verify() finds every invariant intact",
          verified.isClean(),
          verified.isClean()
              ? String.format(Locale.ROOT, "%,d entries", verified.entries())
              : "findings=" + verified.findingCount() + " first=" + verified.findings().get(0));
    }
  }
}
