package io.tophash.bench.jcache;

import io.tophash.cache.TophashCache;
import io.tophash.core.codec.Codecs;
import io.tophash.jcache.TophashCachingProvider;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Function;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.Caching;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.spi.CachingProvider;
import org.ehcache.config.builders.CacheConfigurationBuilder;
import org.ehcache.config.builders.ResourcePoolsBuilder;
import org.ehcache.config.units.MemoryUnit;
import org.ehcache.jsr107.Eh107Configuration;
import org.ehcache.jsr107.EhcacheCachingProvider;

/**
 * Gets and puts of strings to 100 bytes, all in one JVM, the caches in turns: a cache itself, the
 * same through JCache, and Ehcache's off-heap tier through JCache. Prints medians over the rounds.
 */
public final class JCacheCosts {
  private static final int KEYS = 100_000;
  private static final int OPERATIONS = 50_000;
  private static final int WARM_UP = 5;
  private static final int ROUNDS = 15;
  private static final int VALUE_BYTES = 100;
  private static final String NAME = "costs";

  private static final String[] KEY = new String[KEYS];

  /** What is measured. */
  private record Subject(Function<String, byte[]> get, BiConsumer<String, byte[]> put) {}

  private JCacheCosts() {}

  /**
   * Measures and prints.
   *
   * @param args none
   */
  public static void main(String[] args) {
    for (int i = 0; i < KEYS; i++) {
      KEY[i] = String.format("order-%010d", i);
    }
    Map<String, Subject> subjects = new LinkedHashMap<>();
    try (TophashCache<String, byte[]> direct =
            TophashCache.builder(Codecs.utf8(), Codecs.bytes()).openTemporary();
        CachingProvider tophash =
            Caching.getCachingProvider(TophashCachingProvider.class.getName());
        CachingProvider ehcache =
            Caching.getCachingProvider(EhcacheCachingProvider.class.getName())) {
      subjects.put("TophashCache", new Subject(direct::getIfPresent, direct::put));
      subjects.put("Tophash through JCache", through(tophash(tophash)));
      subjects.put("Ehcache off-heap through JCache", through(ehcache(ehcache)));
      measure(subjects);
    }
  }

  private static Subject through(Cache<String, byte[]> cache) {
    return new Subject(cache::get, cache::put);
  }

  private static Cache<String, byte[]> tophash(CachingProvider provider) {
    CacheManager manager = provider.getCacheManager();
    return manager.createCache(
        NAME,
        new MutableConfiguration<String, byte[]>()
            .setTypes(String.class, byte[].class)
            .setStatisticsEnabled(false));
  }

  private static Cache<String, byte[]> ehcache(CachingProvider provider) {
    return provider
        .getCacheManager()
        .createCache(
            NAME,
            Eh107Configuration.fromEhcacheCacheConfiguration(
                CacheConfigurationBuilder.newCacheConfigurationBuilder(
                    String.class,
                    byte[].class,
                    ResourcePoolsBuilder.newResourcePoolsBuilder().offheap(256, MemoryUnit.MB))));
  }

  private static void measure(Map<String, Subject> subjects) {
    for (Subject subject : subjects.values()) {
      for (int i = 0; i < KEYS; i++) {
        subject.put().accept(KEY[i], value(i));
      }
    }
    Map<String, double[][]> nanos = new LinkedHashMap<>();
    subjects.keySet().forEach(name -> nanos.put(name, new double[2][ROUNDS]));
    for (int round = -WARM_UP; round < ROUNDS; round++) {
      for (Map.Entry<String, Subject> each : subjects.entrySet()) {
        double get = gets(each.getValue(), round);
        double put = puts(each.getValue(), round);
        if (round >= 0) {
          nanos.get(each.getKey())[0][round] = get;
          nanos.get(each.getKey())[1][round] = put;
        }
      }
    }
    System.out.printf("%-32s %10s %10s%n", "ns, median of " + ROUNDS, "get", "put");
    nanos.forEach(
        (name, both) ->
            System.out.printf(
                Locale.ROOT, "%-32s %10.0f %10.0f%n", name, median(both[0]), median(both[1])));
  }

  private static byte[] value(int seed) {
    byte[] value = new byte[VALUE_BYTES];
    Arrays.fill(value, (byte) seed);
    return value;
  }

  private static double gets(Subject subject, int round) {
    SplittableRandom random = new SplittableRandom(round);
    long start = System.nanoTime();
    long found = 0;
    for (int i = 0; i < OPERATIONS; i++) {
      found += subject.get().apply(KEY[random.nextInt(KEYS)]).length;
    }
    double nanos = (double) (System.nanoTime() - start) / OPERATIONS;
    if (found != (long) OPERATIONS * VALUE_BYTES) {
      throw new IllegalStateException("a value is not what was stored");
    }
    return nanos;
  }

  private static double puts(Subject subject, int round) {
    SplittableRandom random = new SplittableRandom(~round);
    byte[] value = value(round);
    long start = System.nanoTime();
    for (int i = 0; i < OPERATIONS; i++) {
      subject.put().accept(KEY[random.nextInt(KEYS)], value);
    }
    return (double) (System.nanoTime() - start) / OPERATIONS;
  }

  private static double median(double[] figures) {
    double[] sorted = figures.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
