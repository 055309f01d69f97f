package io.tophash.bench.jmh;

import io.tophash.bench.shot.Shot;
import io.tophash.bench.store.GoMap;
import io.tophash.bench.store.StoreKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * The maps of Go's benchmarks. Each iteration begins with the same entries, since Go's runs, too,
 * begin with a fresh map, and those that insert would fill the memory.
 */
public final class GoMaps {
  /** Operations after which the keys come again. */
  static final long ROUND = 1024;

  /** Keys that are there, if most operations hit. */
  static final long MOST = 1023;

  /** Keys that are there, if most operations miss. */
  static final long FEW = 1;

  /** Keys that are there, if half of the operations hit. */
  static final long BALANCED = 128;

  /** Keys of a map that is walked. */
  static final long THOUSAND = 1024;

  private GoMaps() {}

  /** The map, for all threads. */
  @State(Scope.Benchmark)
  public static class Shared {
    /** The name of the store. */
    @Param("sync")
    public String store;

    /** Where the directories of the stores are. */
    @Param("/dev/shm")
    public String dir;

    GoMap map;
    private Path directory;

    /** Opens it. */
    @Setup(Level.Trial)
    public void open() throws IOException {
      directory = Files.createTempDirectory(Path.of(dir), "go-map-");
      map = StoreKind.of(store).makeGoMap();
      map.open(directory);
    }

    /** Takes out what the last iteration left. */
    @Setup(Level.Iteration)
    public void clear() {
      map.clear();
    }

    /** Closes it. */
    @TearDown(Level.Trial)
    public void close() {
      map.close();
      Shot.delete(directory);
    }
  }

  /** A thread's counter, and the entries to begin with. */
  @State(Scope.Thread)
  public abstract static class Filled {
    private static final int THREAD_SHIFT = 40;

    private final long keys;
    GoMap map;
    long i;
    long stores;
    long loadsSinceStore;

    Filled(long keys) {
      this.keys = keys;
    }

    /** Fills the map, and looks each key up twice, so that lookups are as fast as they get. */
    @Setup(Level.Iteration)
    public void fill(Shared shared, ThreadParams threads) {
      map = shared.map;
      i = (long) threads.getThreadIndex() << THREAD_SHIFT;
      stores = 0;
      loadsSinceStore = 0;
      for (long key = 0; key < keys; key++) {
        map.loadOrStore(key, key);
      }
      for (long lookup = 0; lookup < 2 * keys; lookup++) {
        map.load(lookup % keys);
      }
    }

    /** The counter's key: one that is there in so many of a round's operations, else a new one. */
    long nextKey(long hits) {
      long count = i++;
      long key = count % ROUND;
      return key < hits ? key : count;
    }
  }

  /** No entries. */
  public static class Empty extends Filled {
    /** Makes it. */
    public Empty() {
      super(0);
    }
  }

  /** One entry, for which all threads compete. */
  public static class One extends Filled {
    /** Makes it. */
    public One() {
      super(1);
    }
  }

  /** As many operations hit as miss. */
  public static class Balanced extends Filled {
    /** Makes it. */
    public Balanced() {
      super(BALANCED);
    }
  }

  /** Nearly all operations hit. */
  public static class MostlyHits extends Filled {
    /** Makes it. */
    public MostlyHits() {
      super(MOST);
    }
  }

  /** Nearly all operations miss. */
  public static class MostlyMisses extends Filled {
    /** Makes it. */
    public MostlyMisses() {
      super(FEW);
    }
  }

  /** Enough entries that a walk takes time. */
  public static class Thousand extends Filled {
    /** Makes it. */
    public Thousand() {
      super(THOUSAND);
    }
  }
}
