package io.tophash.bench.hits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.tophash.cache.TophashCache;
import io.tophash.cache.TophashCacheBuilder;
import io.tophash.core.codec.Codecs;
import io.tophash.sync.SyncStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.IntUnaryOperator;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * What a cache costs: gets against those of a store that is none, hits on the heap, puts at the
 * bound, the longest pause, the bytes of the file, and the first hit after {@code kill -9}. Sides
 * take turns in one JVM; the figures are medians of the turns.
 */
@Command(name = "cache-rows", mixinStandardHelpOptions = true, description = "Costs of a cache.")
public final class CacheRows implements Callable<Integer> {
  private static final int VALUE_BYTES = 100;
  private static final int HOT_KEYS = 10_000;

  /** What can be measured. */
  enum Row {
    /** Gets of hits, with and without cache. */
    GET,
    /** Hits on the heap. */
    HEAP,
    /** Puts of new keys, at the bound and not. */
    PUT,
    /** Bytes in the file for each of the payload. */
    SPACE,
    /** The longest get and put at the bound. */
    PAUSE,
    /** The first hit after a kill. */
    RESTART,
    /** Fills a cache, and says so: the process that is killed. */
    FILL
  }

  @Parameters(description = "Rows: ${COMPLETION-CANDIDATES}. Default: all but FILL.")
  private Row[] rows = {Row.GET, Row.HEAP, Row.PUT, Row.SPACE, Row.PAUSE, Row.RESTART};

  @Option(names = "--entries", defaultValue = "1000000", description = "Default: 1000000")
  private int entries;

  @Option(names = "--file", defaultValue = "/dev/shm/tophash-rows.tph", description = "Made anew.")
  private Path file;

  private CacheRows() {}

  /**
   * Runs it.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new CacheRows()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    for (Row row : rows) {
      if (row != Row.FILL) {
        clean();
      }
      switch (row) {
        case GET -> get();
        case HEAP -> heap();
        case PUT -> put();
        case SPACE -> space();
        case PAUSE -> Pauses.run(file, entries, VALUE_BYTES);
        case RESTART -> restart();
        case FILL -> fill();
      }
    }
    clean();
    return 0;
  }

  private void clean() throws IOException {
    for (Path each : new Path[] {file, second()}) {
      Files.deleteIfExists(each);
      Files.deleteIfExists(each.resolveSibling(each.getFileName() + ".lock"));
    }
  }

  private Path second() {
    return file.resolveSibling(file.getFileName() + "2");
  }

  private static String key(int i) {
    return String.format("key-%012d", i);
  }

  private static String[] keys(int count) {
    String[] keys = new String[count];
    Arrays.setAll(keys, CacheRows::key);
    return keys;
  }

  private static byte[] value(int i) {
    byte[] value = new byte[VALUE_BYTES];
    Arrays.fill(value, (byte) i);
    return value;
  }

  private static <V> IntUnaryOperator gets(String[] keys, int[] order, Function<String, V> get) {
    return operations -> {
      int sum = 0;
      for (int i = 0; i < operations; i++) {
        sum += get.apply(keys[order[i % order.length]]) == null ? 1 : 0;
      }
      return sum;
    };
  }

  private void get() {
    String[] keys = keys(entries);
    int[] order = new SplittableRandom(1).ints(1 << 20, 0, entries).toArray();
    try (SyncStore<String, byte[]> store =
            SyncStore.builder(Codecs.utf8(), Codecs.bytes()).open(file);
        TophashCache<String, byte[]> cache =
            TophashCache.builder(Codecs.utf8(), Codecs.bytes()).open(second())) {
      for (int i = 0; i < entries; i++) {
        store.set(keys[i], value(i));
        cache.put(keys[i], value(i));
      }
      Map<String, IntUnaryOperator> sides = new LinkedHashMap<>();
      sides.put("SyncStore", gets(keys, order, store::get));
      sides.put("TophashCache", gets(keys, order, cache::getIfPresent));
      Turns.race("get of a hit, " + entries + " entries", 1 << 20, sides);
    }
  }

  private void heap() {
    String[] keys = keys(HOT_KEYS);
    Trace.Popularity popularity = new Trace.Popularity(HOT_KEYS, 0.99);
    SplittableRandom random = new SplittableRandom(1);
    int[] order = new int[1 << 20];
    Arrays.setAll(order, i -> popularity.next(random));
    Cache<String, String> caffeine = Caffeine.newBuilder().maximumSize(2L * HOT_KEYS).build();
    try (SyncStore<String, String> plain =
            SyncStore.builder(Codecs.utf8(), Codecs.utf8()).open(file);
        SyncStore<String, String> heap =
            SyncStore.builder(Codecs.utf8(), Codecs.utf8()).heapEntries(4 * HOT_KEYS).open(file);
        TophashCache<String, String> cache =
            TophashCache.builder(Codecs.utf8(), Codecs.utf8()).open(second());
        TophashCache<String, String> heapCache =
            TophashCache.builder(Codecs.utf8(), Codecs.utf8())
                .heapEntries(4 * HOT_KEYS)
                .open(second())) {
      for (String key : keys) {
        String value = key + "x".repeat(VALUE_BYTES - key.length());
        plain.set(key, value);
        cache.put(key, value);
        caffeine.put(key, value);
      }
      Map<String, IntUnaryOperator> sides = new LinkedHashMap<>();
      sides.put("SyncStore", gets(keys, order, plain::get));
      sides.put("SyncStore, heap level", gets(keys, order, heap::get));
      sides.put("TophashCache", gets(keys, order, cache::getIfPresent));
      sides.put("TophashCache, heap level", gets(keys, order, heapCache::getIfPresent));
      sides.put("Caffeine", gets(keys, order, caffeine::getIfPresent));
      Turns.race("hot keys, zipf 0.99 of " + HOT_KEYS, 1 << 20, sides);
    }
  }

  private static IntUnaryOperator puts(IntConsumer put) {
    int[] next = new int[1];
    return operations -> {
      for (int i = 0; i < operations; i++) {
        put.accept(next[0]++);
      }
      return next[0];
    };
  }

  private void put() {
    int each = 100_000;
    // Room for what the store that is not full gets in all its turns.
    try (SyncStore<String, byte[]> store =
            SyncStore.builder(Codecs.utf8(), Codecs.bytes()).open(file);
        TophashCache<String, byte[]> cache =
            TophashCache.builder(Codecs.utf8(), Codecs.bytes())
                .maxBytes(64L << 20)
                .open(second())) {
      for (int i = 0; i < entries; i++) {
        cache.put(key(-1 - i), value(i));
      }
      Map<String, IntUnaryOperator> sides = new LinkedHashMap<>();
      sides.put("SyncStore that is not full", puts(i -> store.set(key(i), value(i))));
      sides.put("TophashCache at its bound", puts(i -> cache.put(key(i), value(i))));
      Turns.race("put of a new key, 100 B", each, sides);
    }
  }

  private void space() throws IOException {
    for (long bound : new long[] {64L << 20, 256L << 20}) {
      space(bound, false);
      space(bound, true);
    }
  }

  private void space(long bound, boolean expires) throws IOException {
    clean();
    TophashCacheBuilder<String, byte[]> builder =
        TophashCache.builder(Codecs.utf8(), Codecs.bytes()).maxBytes(bound);
    try (TophashCache<String, byte[]> cache =
        (expires ? builder.expireAfterWrite(Duration.ofHours(1)) : builder).open(file)) {
      for (int i = 0; i < bound / 70; i++) {
        cache.put(key(i), value(i));
      }
      long[] payload = new long[1];
      cache.asMap().forEach((key, value) -> payload[0] += key.length() + value.length);
      System.out.printf(
          Locale.ROOT,
          "bytes in the file over payload, bound %d MiB, 16 + 100 B%s: %.3f%n",
          bound >> 20,
          expires ? ", entries expire" : "",
          Files.size(file) / (double) payload[0]);
    }
  }

  private TophashCache<Integer, byte[]> openFilled() {
    return TophashCache.builder(Codecs.int32(), Codecs.bytes()).open(file);
  }

  private void fill() throws IOException {
    TophashCache<Integer, byte[]> cache = openFilled();
    for (int i = 0; i < entries; i++) {
      cache.put(i, new byte[16]);
    }
    System.out.println("filled");
    System.in.read();
  }

  private void restart() throws Exception {
    // Classes are loaded by a first small one.
    try (TophashCache<Integer, byte[]> cache =
        TophashCache.builder(Codecs.int32(), Codecs.bytes()).open(second())) {
      cache.put(1, new byte[16]);
      cache.getIfPresent(1);
    }
    int many = 10 * entries;
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                CacheRows.class.getName(),
                "FILL",
                "--entries",
                Integer.toString(many),
                "--file",
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    child.inputReader().readLine();
    child.destroyForcibly().waitFor();
    long start = System.nanoTime();
    try (TophashCache<Integer, byte[]> cache = openFilled()) {
      boolean found = cache.getIfPresent(many / 2) != null;
      System.out.printf(
          Locale.ROOT,
          "first hit after kill -9, %d entries: %.1f ms, found=%s%n",
          cache.estimatedSize(),
          (System.nanoTime() - start) / 1e6,
          found);
    }
  }
}
