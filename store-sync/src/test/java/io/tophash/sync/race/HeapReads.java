package io.tophash.sync.race;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.tophash.sync.SyncStore;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * What an operation did is visible to who reads through a heap level, too: of two threads that each
 * change one key and then read the other's from the heap, at least one sees the change of the
 * other. A heap level that does not look at the file is among {@link Broken}.
 */
public final class HeapReads {
  private HeapReads() {}

  /** Two keys that have the value 0, and have it on the heap. */
  abstract static class Warm {
    private static final int BYTES = 24;

    private final SyncStore<Long, byte[]> store = SharedStores.records();
    private final SyncStore<Long, byte[]> heap;
    final long x = OwnKey.takeNumber();
    final long y = OwnKey.takeNumber();

    Warm(SyncStore<Long, byte[]> heap) {
      this.heap = heap;
      for (long key : new long[] {x, y}) {
        set(key, 0);
        // Twice, as a full set takes what is asked for twice.
        get(key);
        get(key);
      }
    }

    final void set(long key, int number) {
      store.set(key, RecordKey.value(key, number, BYTES));
    }

    final void remove(long key) {
      store.remove(key);
    }

    final int get(long key) {
      return RecordKey.number(key, heap.get(key));
    }

    final void release() {
      remove(x);
      remove(y);
      OwnKey.giveBack(x);
      OwnKey.giveBack(y);
    }
  }

  /** Read through a level that looks at the file. */
  @State
  public static class Seeing extends Warm {
    /** Fills the level. */
    public Seeing() {
      super(SharedStores.recordsBehindHeap());
    }
  }

  /** Read through a level that does not. */
  @State
  public static class Blind extends Warm {
    /** Fills the level. */
    public Blind() {
      super(SharedStores.recordsBehindBlindHeap());
    }
  }

  /** Two keys that are overwritten. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the first one came first")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the second one came first")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both saw the other")
  public static class Overwritten {
    @Actor
    public void one(Seeing s, II_Result r) {
      s.set(s.x, 1);
      r.r1 = s.get(s.y);
    }

    @Actor
    public void other(Seeing s, II_Result r) {
      s.set(s.y, 1);
      r.r2 = s.get(s.x);
    }

    @Arbiter
    public void end(Seeing s, II_Result r) {
      s.release();
    }
  }

  /** Two keys that are removed. */
  @JCStressTest
  @Outcome(id = "0, -1", expect = ACCEPTABLE, desc = "the first one came first")
  @Outcome(id = "-1, 0", expect = ACCEPTABLE, desc = "the second one came first")
  @Outcome(id = "-1, -1", expect = ACCEPTABLE, desc = "both saw the other")
  public static class Removed {
    @Actor
    public void one(Seeing s, II_Result r) {
      s.remove(s.x);
      r.r1 = s.get(s.y);
    }

    @Actor
    public void other(Seeing s, II_Result r) {
      s.remove(s.y);
      r.r2 = s.get(s.x);
    }

    @Arbiter
    public void end(Seeing s, II_Result r) {
      s.release();
    }
  }
}
