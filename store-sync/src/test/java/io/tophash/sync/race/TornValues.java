package io.tophash.sync.race;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.tophash.sync.SyncStore;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A reader beside a writer sees one of the values that were written, whole. */
public final class TornValues {
  private TornValues() {}

  /** The value has the same size before and after. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the reader came first")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the writer came first")
  public static class Overwritten {
    @Actor
    public void writer(PresentKey s) {
      s.key.set(1);
    }

    @Actor
    public void reader(PresentKey s, II_Result r) {
      r.r1 = s.key.get();
    }

    @Arbiter
    public void last(PresentKey s, II_Result r) {
      r.r2 = s.key.release();
    }
  }

  /** A key whose value changes from a small record to a large one, or the other way. */
  @State
  public static class ChangingKey {
    private static final int SMALL_BYTES = 100;
    private static final int LARGE_BYTES = 4096;

    final SyncStore<Long, byte[]> store = SharedStores.records();
    final long key = OwnKey.takeNumber();
    final boolean grows = OwnKey.choice(key, 2) == 0;

    /** Stores the value 0. */
    public ChangingKey() {
      set(0, grows ? SMALL_BYTES : LARGE_BYTES);
    }

    private void set(int number, int bytes) {
      store.set(key, RecordKey.value(key, number, bytes));
    }

    void change() {
      set(1, grows ? LARGE_BYTES : SMALL_BYTES);
    }

    int get() {
      return RecordKey.number(key, store.get(key));
    }

    int release() {
      int last = RecordKey.number(key, store.remove(key));
      OwnKey.giveBack(key);
      return last;
    }
  }

  /** The value moves between the segment and a block of its own. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the reader came first")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the writer came first")
  public static class ChangingSize {
    @Actor
    public void writer(ChangingKey s) {
      s.change();
    }

    @Actor
    public void reader(ChangingKey s, II_Result r) {
      r.r1 = s.get();
    }

    @Arbiter
    public void last(ChangingKey s, II_Result r) {
      r.r2 = s.release();
    }
  }
}
