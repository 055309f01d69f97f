package io.tophash.bench.jmh;

import io.tophash.bench.store.LongStore;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.ThreadParams;

/** What one thread has of a full store of longs: its place among the keys to look up. */
@State(Scope.Thread)
public class LoadedStore {
  /** Operations of one call of a benchmark; a power of two. */
  static final int OPERATIONS = 1 << 14;

  LongStore map;

  /** As in {@link SharedLongs}. */
  long[] probes;

  /** As in {@link SharedLongs}. */
  long[] absent;

  /** Where a walk along the chain is. */
  long walkKey;

  /** What the values are XORed with in this pass over the probes, if the benchmark changes them. */
  long bit;

  private int at;
  private SharedLongs shared;

  /** Takes the store; each thread begins elsewhere. */
  @Setup(Level.Trial)
  public void begin(SharedLongs shared, ThreadParams threads) {
    this.shared = shared;
    map = threads.getThreadCount() == 1 ? shared.map : shared.map.forThread();
    probes = shared.probes;
    absent = shared.absent;
    int batches = (probes.length - 1) / OPERATIONS;
    at = batches * threads.getThreadIndex() / threads.getThreadCount() * OPERATIONS;
    walkKey = probes[at];
  }

  /** Index of the first of the next {@link #OPERATIONS} probes; at the end it starts again. */
  int nextProbes() {
    int from = at;
    at = from + OPERATIONS == probes.length - 1 ? 0 : from + OPERATIONS;
    return from;
  }

  /** As {@link #nextProbes}, for overwriting; each pass over the probes has another bit. */
  int nextProbesToChange() {
    shared.changed = true;
    if (at == 0) {
      bit ^= 1;
    }
    return nextProbes();
  }
}
