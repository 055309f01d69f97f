package io.tophash.bench.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** Changes at random keys. The cost of garbage collection is in the figures. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class UpdateBenchmark {
  private static final int GROUP = 1024;

  /** Overwrites the value of a key that is there. */
  @Benchmark
  @OperationsPerInvocation(LoadedStore.OPERATIONS)
  public int put(LoadedStore loaded) {
    int from = loaded.nextProbesToChange();
    for (int i = from; i < from + LoadedStore.OPERATIONS; i++) {
      loaded.map.put(loaded.probes[i], loaded.probes[i + 1] ^ loaded.bit);
    }
    loaded.map.endBatch();
    return from;
  }

  /** Removes a group of keys, then puts them again. One operation is both for one key. */
  @Benchmark
  @OperationsPerInvocation(LoadedStore.OPERATIONS)
  public int removePut(LoadedStore loaded) {
    int from = loaded.nextProbes();
    for (int group = from; group < from + LoadedStore.OPERATIONS; group += GROUP) {
      for (int i = group; i < group + GROUP; i++) {
        loaded.map.remove(loaded.probes[i]);
      }
      for (int i = group; i < group + GROUP; i++) {
        loaded.map.put(loaded.probes[i], loaded.probes[i + 1]);
      }
    }
    loaded.map.endBatch();
    return from;
  }
}
