package io.tophash.cli;

import io.tophash.cache.TophashCache;
import io.tophash.core.codec.Codecs;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * A process of the cache's demo: an instance of a service with the cache before its source. It says
 * {@link #READY}; then the number of each page that it asks the source for; at the end {@link
 * #DONE}, its lookups, how many values were wrong, and the time. It ends when its input ends.
 */
@Command(name = "cache-demo-child", hidden = true, description = "A process that demo starts.")
final class CacheDemoChild implements Callable<Integer> {
  static final long READY = -1;
  static final long DONE = -2;

  /** Said by the one that is killed, in the middle of its load of {@link CacheDemoSource#LAST}. */
  static final long LOADING = -3;

  /** Keys by which the parent says what is to be done; pages have other numbers. */
  static final long START = -1;

  static final long END_OF_RUSH = -2;

  /** Pages that all processes want at the same time, in the same order. */
  static final int RUSH = 200;

  private final Console console;

  @Parameters(index = "0")
  private Path path;

  @Parameters(index = "1", description = "The random seed.")
  private long seed;

  @Parameters(index = "2", description = "True for the one that is killed.")
  private boolean victim;

  private volatile boolean stopped;
  private long lookups;
  private long wrong;

  CacheDemoChild(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    DemoChild.whenInputEnds(console, () -> stopped = true);
    try (DataOutputStream out = DemoChild.words(console)) {
      CacheDemoSource source = new CacheDemoSource(page -> say(out, page));
      try (TophashCache<Long, byte[]> cache = open(path, source)) {
        say(out, READY);
        await(cache, START);
        long start = System.nanoTime();
        for (long page = 0; page < RUSH; page++) {
          look(cache, page);
        }
        await(cache, END_OF_RUSH);
        SplittableRandom random = new SplittableRandom(seed);
        while (!stopped) {
          look(cache, CacheDemoSource.wanted(random));
        }
        if (victim) {
          loadForEver(cache, out);
        }
        say(out, DONE);
        say(out, lookups);
        say(out, wrong);
        say(out, System.nanoTime() - start);
      }
    }
    return ExitCode.OK;
  }

  /** The cache as all processes of the demo open it. */
  static TophashCache<Long, byte[]> open(Path path, CacheDemoSource source) {
    return TophashCache.builder(Codecs.int64(), Codecs.bytes())
        .maxBytes(CacheDemo.MAX_BYTES)
        .loader(source::fetch)
        .recordStats()
        .open(path);
  }

  private void await(TophashCache<Long, byte[]> cache, long sign) {
    while (!stopped && !cache.asMap().containsKey(sign)) {
      LockSupport.parkNanos(100_000);
    }
  }

  private void look(TophashCache<Long, byte[]> cache, long page) {
    lookups++;
    wrong += Arrays.equals(CacheDemoSource.page(page), cache.get(page)) ? 0 : 1;
  }

  private static void loadForEver(TophashCache<Long, byte[]> cache, DataOutputStream out) {
    cache.get(
        (long) CacheDemoSource.LAST,
        page -> {
          say(out, LOADING);
          while (true) {
            LockSupport.park();
          }
        });
  }

  private static synchronized void say(DataOutputStream out, long word) {
    try {
      out.writeLong(word);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
