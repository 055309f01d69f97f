package io.tophash.bench.jmh;

import io.tophash.bench.data.Chain;
import io.tophash.bench.data.Records;
import io.tophash.bench.store.Filler;
import io.tophash.bench.store.RecordStore;
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

/** A full store of records and the keys to look up; as {@link SharedLongs}. */
@State(Scope.Benchmark)
public class SharedRecords {
  private static final int MAX_PROBES = 1 << 20;

  /** The name of the store. */
  @Param("sync")
  public String store;

  /** How many entries it has. */
  @Param("1000000")
  public int entries;

  /** Where the directories of the stores are. */
  @Param("/dev/shm")
  public String dir;

  RecordStore map;

  /** Indexes of entries in random order, whole batches of operations. */
  int[] indexes;

  /** Their keys: not the objects with which a store was filled. */
  String[] probes;

  private long checksum;

  /** Opens the store, fills it if it is empty, and picks the keys. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    StoreKind kind = StoreKind.of(store);
    Path directory = Filler.recordDirectory(Path.of(dir), kind, entries);
    if (kind.isPersistent()) {
      Files.createDirectories(directory);
    }
    map = kind.makeRecords();
    map.open(directory, entries);
    if (map.size() == 0) {
      Filler.fill(map, entries);
    }
    checksum = Records.checksum(entries);
    check();
    int batches =
        (Math.min(entries, MAX_PROBES) + LoadedRecords.OPERATIONS - 1) / LoadedRecords.OPERATIONS;
    indexes = new int[batches * LoadedRecords.OPERATIONS];
    probes = new String[indexes.length];
    int[] next = Chain.cycle(entries);
    int index = 0;
    for (int i = 0; i < indexes.length; i++) {
      index = next[index];
      indexes[i] = index;
      probes[i] = Records.key(index);
    }
  }

  private void check() {
    long now = map.iterate();
    if (map.size() != entries || now != checksum) {
      throw new IllegalStateException(
          "the entries are wrong, size="
              + map.size()
              + " entries="
              + entries
              + " checksum="
              + now
              + " expected="
              + checksum);
    }
  }

  /** Checks that the entries are as they were, and closes. */
  @TearDown(Level.Trial)
  public void close() {
    check();
    map.close();
  }
}
