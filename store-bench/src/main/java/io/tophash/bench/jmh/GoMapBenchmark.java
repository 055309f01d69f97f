package io.tophash.bench.jmh;

import io.tophash.bench.store.GoMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/**
 * The benchmarks of Go's sync.Map, one method for each, with the same keys. A thread's {@code i}
 * counts its operations and begins at a number that is far from those of the other threads.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class GoMapBenchmark {
  private static final int CLEAR_KEYS = 256;

  @Benchmark
  public long loadMostlyHits(GoMaps.MostlyHits s) {
    return s.map.load(s.i++ % GoMaps.ROUND);
  }

  @Benchmark
  public long loadMostlyMisses(GoMaps.MostlyMisses s) {
    return s.map.load(s.i++ % GoMaps.ROUND);
  }

  @Benchmark
  public long loadOrStoreBalanced(GoMaps.Balanced s) {
    long i = s.i++;
    long key = i % (2 * GoMaps.BALANCED);
    return s.map.loadOrStore(key < GoMaps.BALANCED ? key : i, i);
  }

  @Benchmark
  public long loadOrStoreUnique(GoMaps.Empty s) {
    long i = s.i++;
    return s.map.loadOrStore(i, i);
  }

  @Benchmark
  public long loadOrStoreCollision(GoMaps.One s) {
    return s.map.loadOrStore(0, 0);
  }

  @Benchmark
  public long loadAndDeleteBalanced(GoMaps.Balanced s) {
    long i = s.i++;
    long key = i % (2 * GoMaps.BALANCED);
    return s.map.loadAndDelete(key < GoMaps.BALANCED ? key : i);
  }

  @Benchmark
  public long loadAndDeleteUnique(GoMaps.Empty s) {
    return s.map.loadAndDelete(s.i++);
  }

  @Benchmark
  public long loadAndDeleteCollision(GoMaps.One s) {
    long value = s.map.loadAndDelete(0);
    if (value != GoMap.ABSENT) {
      s.map.store(0, 0);
    }
    return value;
  }

  @Benchmark
  public long range(GoMaps.Thousand s) {
    return s.map.range();
  }

  /** A new key whenever so many lookups missed that the map should have put its keys in order. */
  @Benchmark
  public long adversarialAlloc(GoMaps.Empty s) {
    long i = s.i++;
    long value = s.map.load(i);
    if (++s.loadsSinceStore > s.stores) {
      s.map.loadOrStore(i, s.stores);
      s.loadsSinceStore = 0;
      s.stores++;
    }
    return value;
  }

  /** Now and then one key goes and another one comes. */
  @Benchmark
  public long adversarialDelete(GoMaps.Thousand s) {
    long i = s.i++;
    long value = s.map.load(i);
    if (i % GoMaps.THOUSAND == 0) {
      long first = s.map.first();
      if (first != GoMap.ABSENT) {
        s.map.delete(first);
      }
      s.map.store(i, i);
    }
    return value;
  }

  @Benchmark
  public void deleteCollision(GoMaps.One s) {
    s.map.delete(0);
  }

  @Benchmark
  public long swapCollision(GoMaps.One s) {
    return s.map.swap(0, 0);
  }

  @Benchmark
  public long swapMostlyHits(GoMaps.MostlyHits s) {
    return swap(s, GoMaps.MOST);
  }

  @Benchmark
  public long swapMostlyMisses(GoMaps.MostlyMisses s) {
    return swap(s, GoMaps.FEW);
  }

  private static long swap(GoMaps.Filled s, long hits) {
    long i = s.i++;
    long key = i % GoMaps.ROUND;
    if (key < hits) {
      return s.map.swap(key, key);
    }
    long value = s.map.swap(i, i);
    s.map.delete(i);
    return value;
  }

  @Benchmark
  public boolean compareAndSwapCollision(GoMaps.One s) {
    return s.map.compareAndSwap(0, 0, 42) && s.map.compareAndSwap(0, 42, 0);
  }

  @Benchmark
  public boolean compareAndSwapNoExistingKey(GoMaps.Empty s) {
    long i = s.i++;
    boolean swapped = s.map.compareAndSwap(i, 0, 0);
    if (swapped) {
      s.map.delete(i);
    }
    return swapped;
  }

  @Benchmark
  public boolean compareAndSwapValueNotEqual(GoMaps.One s) {
    return s.map.compareAndSwap(0, 1, 2);
  }

  @Benchmark
  public boolean compareAndSwapMostlyHits(GoMaps.MostlyHits s) {
    long key = s.nextKey(GoMaps.MOST);
    return s.map.compareAndSwap(key, key, key);
  }

  @Benchmark
  public boolean compareAndSwapMostlyMisses(GoMaps.MostlyMisses s) {
    long key = s.nextKey(GoMaps.FEW);
    return s.map.compareAndSwap(key, key, key);
  }

  @Benchmark
  public boolean compareAndDeleteCollision(GoMaps.One s) {
    boolean deleted = s.map.compareAndDelete(0, 0);
    if (deleted) {
      s.map.store(0, 0);
    }
    return deleted;
  }

  @Benchmark
  public boolean compareAndDeleteMostlyHits(GoMaps.MostlyHits s) {
    return compareAndDelete(s, s.nextKey(GoMaps.MOST));
  }

  @Benchmark
  public boolean compareAndDeleteMostlyMisses(GoMaps.MostlyMisses s) {
    return compareAndDelete(s, s.nextKey(GoMaps.FEW));
  }

  private static boolean compareAndDelete(GoMaps.Filled s, long key) {
    boolean deleted = s.map.compareAndDelete(key, key);
    if (deleted) {
      s.map.store(key, key);
    }
    return deleted;
  }

  @Benchmark
  public void clear(GoMaps.Empty s) {
    long key = s.i++ % CLEAR_KEYS;
    s.map.clear();
    s.map.store(key, key);
  }
}
