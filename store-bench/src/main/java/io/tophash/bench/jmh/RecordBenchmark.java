package io.tophash.bench.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** Operations on records. All of each value is read or written. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RecordBenchmark {
  private static final int GROUP = 1024;

  /** Random lookups; each value in an array of its own. */
  @Benchmark
  @OperationsPerInvocation(LoadedRecords.OPERATIONS)
  public long get(LoadedRecords loaded) {
    int from = loaded.nextProbes();
    long sum = 0;
    for (int i = from; i < from + LoadedRecords.OPERATIONS; i++) {
      sum += loaded.map.get(loaded.probes[i]);
    }
    return sum;
  }

  /** Random lookups; each value goes to the same place. */
  @Benchmark
  @OperationsPerInvocation(LoadedRecords.OPERATIONS)
  public long getInto(LoadedRecords loaded) {
    int from = loaded.nextProbes();
    long sum = 0;
    for (int i = from; i < from + LoadedRecords.OPERATIONS; i++) {
      sum += loaded.map.getInto(loaded.probes[i]);
    }
    return sum;
  }

  /** Overwrites the value of a key that is there. */
  @Benchmark
  @OperationsPerInvocation(LoadedRecords.OPERATIONS)
  public int put(LoadedRecords loaded) {
    int from = loaded.nextProbesToChange();
    for (int i = from; i < from + LoadedRecords.OPERATIONS; i++) {
      loaded.put(i);
    }
    loaded.map.endBatch();
    return from;
  }

  /** Removes a group of keys, then puts them again. One operation is both for one key. */
  @Benchmark
  @OperationsPerInvocation(LoadedRecords.OPERATIONS)
  public int removePut(LoadedRecords loaded) {
    int from = loaded.nextProbes();
    for (int group = from; group < from + LoadedRecords.OPERATIONS; group += GROUP) {
      for (int i = group; i < group + GROUP; i++) {
        loaded.map.remove(loaded.probes[i]);
      }
      for (int i = group; i < group + GROUP; i++) {
        loaded.put(i);
      }
    }
    loaded.map.endBatch();
    return from;
  }

  /** One walk over the whole store; the suite divides by the number of entries. */
  @Benchmark
  public long iterate(LoadedRecords loaded) {
    return loaded.map.iterate();
  }
}
