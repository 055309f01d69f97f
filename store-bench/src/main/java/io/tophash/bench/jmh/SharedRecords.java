package io.tophash.bench.jmh;

import io.tophash.bench.data.Chain;
import io.tophash.bench.data.RecordShape;
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

  /** The shape of its entries. */
  @Param("string100")
  public String shape;

  /** How many entries it has. */
  @Param("1000000")
  public int entries;

  /** Where the directories of the stores are. */
  @Param("/dev/shm")
  public String dir;

  RecordStore<Object> map;

  /** Bytes of each value. */
  int valueBytes;

  /** Indexes of entries in random order, whole batches of operations. */
  int[] indexes;

  /** Their keys: not the objects with which a store was filled (but for small ints). */
  Object[] probes;

  private long checksum;

  /** Opens the store, fills it if it is empty, and picks the keys. */
  @Setup(Level.Trial)
  @SuppressWarnings("unchecked") // the keys only go to the store that is made for them
  public void open() throws IOException {
    StoreKind kind = StoreKind.of(store);
    RecordShape<Object> records = (RecordShape<Object>) RecordShape.of(shape);
    valueBytes = records.valueBytes();
    Path directory = Filler.recordDirectory(Path.of(dir), kind, records, entries);
    if (kind.isPersistent()) {
      Files.createDirectories(directory);
    }
    map = kind.makeRecords(records);
    map.open(directory, entries);
    if (map.isEmpty()) {
      Filler.fill(map, records, entries);
    }
    checksum = records.checksum(entries);
    check();
    int batches =
        (Math.min(entries, MAX_PROBES) + LoadedRecords.OPERATIONS - 1) / LoadedRecords.OPERATIONS;
    indexes = new int[batches * LoadedRecords.OPERATIONS];
    probes = new Object[indexes.length];
    int[] next = Chain.cycle(entries);
    int index = 0;
    for (int i = 0; i < indexes.length; i++) {
      index = next[index];
      indexes[i] = index;
      probes[i] = records.key(index);
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
