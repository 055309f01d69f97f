package io.tophash.bench.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** Reads all entries; the suite divides by their number. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class IterateBenchmark {
  /** One walk over the whole store. */
  @Benchmark
  public long iterate(LoadedStore loaded) {
    return loaded.map.iterate();
  }
}
