package io.tophash.bench.jmh;

import io.tophash.bench.data.Records;
import io.tophash.bench.store.RecordStore;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.ThreadParams;

/** What one thread has of a full store of records: its place among the keys to look up. */
@State(Scope.Thread)
public class LoadedRecords {
  /** Operations of one call of a benchmark; a power of two. */
  static final int OPERATIONS = 1 << 13;

  RecordStore<Object> map;

  /** As in {@link SharedRecords}. */
  int[] indexes;

  /** As in {@link SharedRecords}. */
  Object[] probes;

  private byte[] value;
  private int at;
  private long version;
  private boolean changed;

  /** Takes the store; each thread begins elsewhere. */
  @Setup(Level.Trial)
  public void begin(SharedRecords shared, ThreadParams threads) {
    map = threads.getThreadCount() == 1 ? shared.map : shared.map.forThread();
    value = new byte[shared.valueBytes];
    indexes = shared.indexes;
    probes = shared.probes;
    int batches = probes.length / OPERATIONS;
    at = batches * threads.getThreadIndex() / threads.getThreadCount() * OPERATIONS;
  }

  /** Index of the first of the next {@link #OPERATIONS} probes; at the end it starts again. */
  int nextProbes() {
    int from = at;
    at = from + OPERATIONS == probes.length ? 0 : from + OPERATIONS;
    return from;
  }

  /** As {@link #nextProbes}, for overwriting; each pass over the probes writes other values. */
  int nextProbesToChange() {
    changed = true;
    if (at == 0) {
      version++;
    }
    return nextProbes();
  }

  /** Puts the present version of an entry. */
  void put(int probe) {
    Records.valueInto(indexes[probe], version, value);
    map.put(probes[probe], value);
  }

  /** Puts overwritten values back. */
  @TearDown(Level.Trial)
  public void restore() {
    if (!changed) {
      return;
    }
    version = 0;
    for (int i = 0; i < probes.length; i++) {
      put(i);
    }
    map.endBatch();
  }
}
