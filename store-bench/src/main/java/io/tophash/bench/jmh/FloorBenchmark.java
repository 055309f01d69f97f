package io.tophash.bench.jmh;

import io.tophash.bench.data.Chain;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

/**
 * The floor: bare reads of 8 bytes at random places of a mapped file about as large as a store. No
 * lookup in a store of this size can be faster than one of them.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FloorBenchmark {
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final int LINE_BYTES = 64;
  private static final int BYTES_PER_ENTRY = 32;
  private static final int PROBES = 1 << 21;

  /** A buffer ends at 2 GiB; windows as large as those of the stores are within. */
  private static final int WINDOW_SHIFT = 30;

  private static final int WINDOW_MASK = (1 << WINDOW_SHIFT) - 1;

  /** The mapped file: each cache line holds the offset of another one, all in one cycle. */
  @State(Scope.Thread)
  public static class Region {
    /** How many entries the stores have that it is compared with. */
    @Param("10000000")
    public int entries;

    /** Where the file is. */
    @Param("/dev/shm")
    public String dir;

    ByteBuffer[] windows;
    long[] probes;
    int at;
    long offset;

    /** Writes the file. */
    @Setup(Level.Trial)
    public void write() throws IOException {
      int lines = Math.max(2, (int) ((long) entries * BYTES_PER_ENTRY / LINE_BYTES));
      Path file = Files.createTempFile(Path.of(dir), "floor-", ".dat");
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        windows = map(channel, (long) lines * LINE_BYTES);
      } finally {
        Files.delete(file); // the mappings keep it
      }
      int[] next = Chain.cycle(lines);
      for (int i = 0; i < lines; i++) {
        long offset = (long) i * LINE_BYTES;
        LONG.set(
            windows[(int) (offset >>> WINDOW_SHIFT)],
            (int) offset & WINDOW_MASK,
            (long) next[i] * LINE_BYTES);
      }
      SplittableRandom random = new SplittableRandom(1);
      probes = random.ints(PROBES, 0, lines).mapToLong(line -> (long) line * LINE_BYTES).toArray();
    }

    private static ByteBuffer[] map(FileChannel channel, long bytes) throws IOException {
      ByteBuffer[] windows = new ByteBuffer[(int) ((bytes - 1 >>> WINDOW_SHIFT) + 1)];
      for (int i = 0; i < windows.length; i++) {
        long start = (long) i << WINDOW_SHIFT;
        long length = Math.min(bytes - start, 1L << WINDOW_SHIFT);
        windows[i] = channel.map(FileChannel.MapMode.READ_WRITE, start, length);
      }
      return windows;
    }

    long read(long offset) {
      return (long) LONG.get(windows[(int) (offset >>> WINDOW_SHIFT)], (int) offset & WINDOW_MASK);
    }
  }

  /** The next place is what was read last. */
  @Benchmark
  @OperationsPerInvocation(LoadedStore.OPERATIONS)
  public long dependentGet(Region region) {
    long offset = region.offset;
    for (int i = 0; i < LoadedStore.OPERATIONS; i++) {
      offset = region.read(offset);
    }
    region.offset = offset;
    return offset;
  }

  /** The places are known beforehand. */
  @Benchmark
  @OperationsPerInvocation(LoadedStore.OPERATIONS)
  public long independentGet(Region region) {
    int from = region.at;
    region.at = (from + LoadedStore.OPERATIONS) & (PROBES - 1);
    long sum = 0;
    for (int i = 0; i < LoadedStore.OPERATIONS; i++) {
      sum += region.read(region.probes[from + i]);
    }
    return sum;
  }
}
