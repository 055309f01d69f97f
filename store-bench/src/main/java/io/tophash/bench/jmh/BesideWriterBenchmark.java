package io.tophash.bench.jmh;

import io.tophash.bench.data.Keys;
import io.tophash.bench.store.Filler;
import io.tophash.bench.store.LongStore;
import io.tophash.bench.store.StoreKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Random lookups by a process that is alone with the store, or beside one that overwrites values of
 * the same store without a pause, which the suite starts.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BesideWriterBenchmark {
  /** A store whose values change. */
  @State(Scope.Thread)
  public static class Changing {
    private static final int PROBES = 1 << 21;

    /** The name of the store. */
    @Param("sync")
    public String store;

    /** How many entries it has. */
    @Param("10000000")
    public int entries;

    /** Where the directories of the stores are. */
    @Param("/dev/shm")
    public String dir;

    LongStore map;
    long[] probes;
    private int at;

    /** Opens the store. */
    @Setup(Level.Trial)
    public void open() throws IOException {
      StoreKind kind = StoreKind.of(store);
      map = kind.makeLongs();
      map.open(Filler.directory(Path.of(dir), kind, entries), entries);
      probes = new SplittableRandom(1).ints(PROBES, 0, entries).mapToLong(Keys::key).toArray();
    }

    /** Looks up the next keys. */
    long read() {
      map.refresh();
      int from = at;
      at = (from + LoadedStore.OPERATIONS) & (PROBES - 1);
      long sum = 0;
      boolean lost = false;
      for (int i = from; i < from + LoadedStore.OPERATIONS; i++) {
        long value = map.get(probes[i]);
        lost |= value == Keys.MISSING;
        sum += value;
      }
      if (lost) {
        throw new IllegalStateException("the store lost a key");
      }
      return sum;
    }

    /** Closes it. */
    @TearDown(Level.Trial)
    public void close() {
      map.close();
    }
  }

  /** Without a writer. */
  @Benchmark
  @OperationsPerInvocation(LoadedStore.OPERATIONS)
  public long readAlone(Changing changing) {
    return changing.read();
  }

  /** With a writer. */
  @Benchmark
  @OperationsPerInvocation(LoadedStore.OPERATIONS)
  public long readBeside(Changing changing) {
    return changing.read();
  }
}
