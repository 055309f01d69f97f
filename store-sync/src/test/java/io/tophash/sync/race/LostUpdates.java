package io.tophash.sync.race;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.tophash.sync.LongSyncStore;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/**
 * Of two updates of one key at once, none is lost, and of two that exclude each other, one wins.
 */
public final class LostUpdates {
  private LostUpdates() {}

  /** A counter in the store of longs: absent, or 10 at first. */
  @State
  public static class CounterKey {
    final LongSyncStore store = SharedStores.longs();
    final long key = OwnKey.takeNumber();
    final long first = OwnKey.choice(key, 2) * 10;

    /** Stores the first value if there is one. */
    public CounterKey() {
      if (first != 0) {
        store.set(key, first);
      }
    }

    int release() {
      int last = (int) (store.remove(key) - first);
      OwnKey.giveBack(key);
      return last;
    }
  }

  /** Two additions, to an absent key or to a present one. */
  @JCStressTest
  @Outcome(id = "1, 1, 2", expect = ACCEPTABLE, desc = "addAndGet came first")
  @Outcome(id = "2, 0, 2", expect = ACCEPTABLE, desc = "getAndAdd came first")
  public static class Additions {
    @Actor
    public void addAndGet(CounterKey s, III_Result r) {
      r.r1 = (int) (s.store.addAndGet(s.key, 1) - s.first);
    }

    @Actor
    public void getAndAdd(CounterKey s, III_Result r) {
      r.r2 = (int) (s.store.getAndAdd(s.key, 1) - s.first);
    }

    @Arbiter
    public void last(CounterKey s, III_Result r) {
      r.r3 = s.release();
    }
  }

  /** Two compute on a present key. */
  @JCStressTest
  @Outcome(id = "1, 2, 2", expect = ACCEPTABLE, desc = "in order")
  @Outcome(id = "2, 1, 2", expect = ACCEPTABLE, desc = "the other way")
  public static class Computations {
    @Actor
    public void one(PresentKey s, III_Result r) {
      r.r1 = s.key.increment();
    }

    @Actor
    public void other(PresentKey s, III_Result r) {
      r.r2 = s.key.increment();
    }

    @Arbiter
    public void last(PresentKey s, III_Result r) {
      r.r3 = s.key.release();
    }
  }

  /** Two merge on an absent key. */
  @JCStressTest
  @Outcome(id = "1, 2, 2", expect = ACCEPTABLE, desc = "in order")
  @Outcome(id = "2, 1, 2", expect = ACCEPTABLE, desc = "the other way")
  public static class Merges {
    @Actor
    public void one(AbsentKey s, III_Result r) {
      r.r1 = s.key.mergeOne();
    }

    @Actor
    public void other(AbsentKey s, III_Result r) {
      r.r2 = s.key.mergeOne();
    }

    @Arbiter
    public void last(AbsentKey s, III_Result r) {
      r.r3 = s.key.release();
    }
  }

  /** Two compare and set that expect the same. */
  @JCStressTest
  @Outcome(id = "true, false, 1", expect = ACCEPTABLE, desc = "the first one wins")
  @Outcome(id = "false, true, 2", expect = ACCEPTABLE, desc = "the second one wins")
  public static class Replacements {
    @Actor
    public void one(PresentKey s, ZZI_Result r) {
      r.r1 = s.key.replace(0, 1);
    }

    @Actor
    public void other(PresentKey s, ZZI_Result r) {
      r.r2 = s.key.replace(0, 2);
    }

    @Arbiter
    public void last(PresentKey s, ZZI_Result r) {
      r.r3 = s.key.release();
    }
  }

  /** Two putIfAbsent: who loses sees the value of who wins. */
  @JCStressTest
  @Outcome(id = "-1, 1, 1", expect = ACCEPTABLE, desc = "the first one wins")
  @Outcome(id = "2, -1, 2", expect = ACCEPTABLE, desc = "the second one wins")
  public static class Insertions {
    @Actor
    public void one(AbsentKey s, III_Result r) {
      r.r1 = s.key.putIfAbsent(1);
    }

    @Actor
    public void other(AbsentKey s, III_Result r) {
      r.r2 = s.key.putIfAbsent(2);
    }

    @Arbiter
    public void last(AbsentKey s, III_Result r) {
      r.r3 = s.key.release();
    }
  }
}
