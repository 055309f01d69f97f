package io.tophash.sync.race;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.tophash.sync.LongSyncStore;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;

/**
 * Wrong uses of the store. jcstress must find each of them, or it could not find anything. They
 * yield where they are wrong, so that it finds them on a busy machine, too.
 */
public final class Broken {
  private Broken() {}

  /** Two keys of the store of longs that have the value 0. */
  @State
  public static class Longs {
    final LongSyncStore store = SharedStores.longs();
    final long x = OwnKey.takeNumber();
    final long y = OwnKey.takeNumber();

    /** Stores the values. */
    public Longs() {
      store.set(x, 0);
      store.set(y, 0);
    }

    void release() {
      store.remove(x);
      store.remove(y);
      OwnKey.giveBack(x);
      OwnKey.giveBack(y);
    }
  }

  /** A counter of get and set: another one's addition between the two is lost. */
  @JCStressTest
  @Outcome(id = "2", expect = ACCEPTABLE, desc = "both counted")
  public static class GetAndSet {
    private static void add(Longs s) {
      long seen = s.store.get(s.x);
      Thread.yield();
      s.store.set(s.x, seen + 1);
    }

    @Actor
    public void one(Longs s) {
      add(s);
    }

    @Actor
    public void other(Longs s) {
      add(s);
    }

    @Arbiter
    public void last(Longs s, J_Result r) {
      r.r1 = s.store.get(s.x);
      s.release();
    }
  }

  /** One value in two entries: a reader sees half of the old one. */
  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "the old value")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the new value")
  public static class ValueInTwoEntries {
    @Actor
    public void writer(Longs s) {
      s.store.set(s.x, 1);
      Thread.yield();
      s.store.set(s.y, 1);
    }

    @Actor
    public void reader(Longs s, JJ_Result r) {
      r.r1 = s.store.get(s.x);
      r.r2 = s.store.get(s.y);
    }

    @Arbiter
    public void end(Longs s, JJ_Result r) {
      s.release();
    }
  }

  /** A heap level that does not look at the file: it returns what is gone. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the first one came first")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the second one came first")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both saw the other")
  public static class BlindHeapLevel {
    @Actor
    public void one(HeapReads.Blind s, II_Result r) {
      s.set(s.x, 1);
      r.r1 = s.get(s.y);
    }

    @Actor
    public void other(HeapReads.Blind s, II_Result r) {
      s.set(s.y, 1);
      r.r2 = s.get(s.x);
    }

    @Arbiter
    public void end(HeapReads.Blind s, II_Result r) {
      s.release();
    }
  }
}
