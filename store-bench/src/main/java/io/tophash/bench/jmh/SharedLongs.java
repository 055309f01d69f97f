package io.tophash.bench.jmh;

import io.tophash.bench.data.Chain;
import io.tophash.bench.data.Keys;
import io.tophash.bench.store.Filler;
import io.tophash.bench.store.LongStore;
import io.tophash.bench.store.StoreKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A full store of longs and the keys to look up, for all threads. A persistent store that is in its
 * directory already is opened as it is; every benchmark leaves the entries as it found them, which
 * is checked at the end.
 */
@State(Scope.Benchmark)
public class SharedLongs {
  private static final int MAX_PROBES = 1 << 21;

  /** The name of the store. */
  @Param("tophash")
  public String store;

  /** How many entries it has. */
  @Param("10000000")
  public int entries;

  /** Where the directories of the stores are. */
  @Param("/dev/shm")
  public String dir;

  LongStore map;

  /** Keys in random order; the value of each is the next one. One more than there are probes. */
  long[] probes;

  /** As many keys that the store does not have. */
  long[] absent;

  /** Whether a thread overwrites values. */
  volatile boolean changed;

  private long checksum;

  /** Opens the store, fills it if it is empty, and picks the keys. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    StoreKind kind = StoreKind.of(store);
    Path directory = Filler.directory(Path.of(dir), kind, entries);
    map = kind.makeLongs();
    if (kind.isPersistent()) {
      Files.createDirectories(directory);
      map.open(directory, entries);
    } else {
      map.openHinted(directory, entries);
    }
    if (map.isEmpty()) {
      Filler.fill(map, new Chain(entries));
    }
    checksum = map.iterate(); // before the size: some stores then know it
    checkSize();
    probes = followChain();
    absent = new long[probes.length];
    Arrays.setAll(absent, i -> Keys.key((long) entries + i));
  }

  private void checkSize() {
    if (map.size() != entries) {
      throw new IllegalStateException(
          "the store has a wrong number of entries, size=" + map.size() + " entries=" + entries);
    }
  }

  private long[] followChain() {
    int count =
        (Math.min(entries, MAX_PROBES) + LoadedStore.OPERATIONS - 1)
            / LoadedStore.OPERATIONS
            * LoadedStore.OPERATIONS;
    long[] keys = new long[count + 1];
    keys[0] = Keys.key(0);
    for (int i = 0; i < count; i++) {
      keys[i + 1] = map.get(keys[i]);
      if (keys[i + 1] == Keys.MISSING) {
        throw new IllegalStateException("the store lost a key, key=" + keys[i]);
      }
    }
    return keys;
  }

  private void restore() {
    for (int i = 0; i + 1 < probes.length; i++) {
      map.put(probes[i], probes[i + 1]);
    }
    map.endBatch();
  }

  /**
   * Puts overwritten values back, checks that the entries are as they were, and closes. Not by the
   * threads, of which one may be at its end while another one still writes.
   */
  @TearDown(Level.Trial)
  public void close() {
    if (changed) {
      restore();
    }
    long now = map.iterate();
    checkSize();
    if (now != checksum) {
      throw new IllegalStateException(
          "the entries have changed, checksum=" + now + " before=" + checksum);
    }
    map.close();
  }
}
