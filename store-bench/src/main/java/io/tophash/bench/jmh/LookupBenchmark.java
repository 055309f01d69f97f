package io.tophash.bench.jmh;

import io.tophash.bench.data.Keys;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Random lookups. Every value is read and folded into the result. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LookupBenchmark {
  /** The arrays of one batch. */
  public abstract static class Batch {
    final long[] keys;
    final long[] values;

    Batch(int size) {
      keys = new long[size];
      values = new long[size];
    }

    long sumOf(LoadedStore loaded) {
      int from = loaded.nextProbes();
      long sum = 0;
      for (int i = 0; i < LoadedStore.OPERATIONS; i += keys.length) {
        System.arraycopy(loaded.probes, from + i, keys, 0, keys.length);
        loaded.map.getAll(keys, values);
        for (long value : values) {
          sum += value;
        }
      }
      return sum;
    }
  }

  /** Batches of 32. */
  @State(Scope.Thread)
  public static class Batch32 extends Batch {
    /** Makes the arrays. */
    public Batch32() {
      super(32);
    }
  }

  /** Batches of 1024. */
  @State(Scope.Thread)
  public static class Batch1024 extends Batch {
    /** Makes the arrays. */
    public Batch1024() {
      super(1024);
    }
  }

  /** The next key is the last value, so that no lookup can begin before the last one has ended. */
  @Benchmark
  @OperationsPerInvocation(LoadedStore.OPERATIONS)
  public long dependentGet(LoadedStore loaded) {
    long key = loaded.walkKey;
    for (int i = 0; i < LoadedStore.OPERATIONS; i++) {
      key = loaded.map.get(key);
    }
    if (key == Keys.MISSING) {
      throw new IllegalStateException("a key of the chain is missing");
    }
    loaded.walkKey = key;
    return key;
  }

  /** The keys are known beforehand, so that a processor may overlap the lookups. */
  @Benchmark
  @OperationsPerInvocation(LoadedStore.OPERATIONS)
  public long independentGet(LoadedStore loaded) {
    int from = loaded.nextProbes();
    long sum = 0;
    for (int i = 0; i < LoadedStore.OPERATIONS; i++) {
      sum += loaded.map.get(loaded.probes[from + i]);
    }
    return sum;
  }

  /** Batches of 32 keys; stores without such a call get a loop. */
  @Benchmark
  @OperationsPerInvocation(LoadedStore.OPERATIONS)
  public long getAll32(LoadedStore loaded, Batch32 batch) {
    return batch.sumOf(loaded);
  }

  /** Batches of 1024 keys; stores without such a call get a loop. */
  @Benchmark
  @OperationsPerInvocation(LoadedStore.OPERATIONS)
  public long getAll1024(LoadedStore loaded, Batch1024 batch) {
    return batch.sumOf(loaded);
  }

  /** Keys that are not there. */
  @Benchmark
  @OperationsPerInvocation(LoadedStore.OPERATIONS)
  public long miss(LoadedStore loaded) {
    int from = loaded.nextProbes();
    long sum = 0;
    for (int i = 0; i < LoadedStore.OPERATIONS; i++) {
      sum += loaded.map.get(loaded.absent[from + i]);
    }
    if (sum != Keys.MISSING) {
      throw new IllegalStateException("an absent key was found");
    }
    return sum;
  }
}
