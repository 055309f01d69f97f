package io.tophash.sync.race;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** A key whose segment is rebuilt or emptied while another thread is on it. */
public final class Rebuilt {
  private Rebuilt() {}

  /** A present key, and some new ones of the same kind of store. */
  @State
  public static class Crowd {
    private static final int NEW_KEYS = 8;

    final OwnKey key = OwnKey.present(0);
    final OwnKey[] others = new OwnKey[NEW_KEYS];

    /** Takes the other keys. */
    public Crowd() {
      for (int i = 0; i < NEW_KEYS; i++) {
        others[i] = OwnKey.absent();
      }
    }

    /** Inserts the others, and reads them again and again, so that they are promoted. */
    boolean insert() {
      boolean right = true;
      for (int i = 0; i < NEW_KEYS; i++) {
        others[i].set(1);
        for (int j = 0; j <= i; j++) {
          right &= others[j].get() == 1;
        }
      }
      return right;
    }

    int release() {
      for (OwnKey other : others) {
        other.release();
      }
      return key.release();
    }
  }

  /** The key is never missing. */
  @JCStressTest
  @Outcome(id = "0, 0, 0, 1", expect = ACCEPTABLE, desc = "always there")
  public static class BesideReader {
    @Actor
    public void inserter(Crowd s, IIII_Result r) {
      r.r4 = s.insert() ? 1 : 0;
    }

    @Actor
    public void reader(Crowd s, IIII_Result r) {
      r.r1 = s.key.get();
      r.r2 = s.key.get();
    }

    @Arbiter
    public void last(Crowd s, IIII_Result r) {
      r.r3 = s.release();
    }
  }

  /** The update is never lost. */
  @JCStressTest
  @Outcome(id = "0, 1, 1, 1", expect = ACCEPTABLE, desc = "stored and kept")
  public static class BesideWriter {
    @Actor
    public void inserter(Crowd s, IIII_Result r) {
      r.r4 = s.insert() ? 1 : 0;
    }

    @Actor
    public void writer(Crowd s, IIII_Result r) {
      r.r1 = s.key.put(1);
      r.r2 = s.key.get();
    }

    @Arbiter
    public void last(Crowd s, IIII_Result r) {
      r.r3 = s.release();
    }
  }

  /**
   * The first thread clears the store, with the keys of all other states, and it alone does so:
   * what it has stored is there until it clears.
   */
  @JCStressTest
  @Outcome(id = "1, -1, -1", expect = ACCEPTABLE, desc = "before the put or after the clear")
  @Outcome(id = "1, -1, 1", expect = ACCEPTABLE, desc = "in between")
  public static class ClearBesideReader {
    @Actor
    public void clearer(AbsentKey s, III_Result r) {
      s.key.set(1);
      r.r1 = s.key.get();
      s.key.clear();
      r.r2 = s.key.get();
    }

    @Actor
    public void reader(AbsentKey s, III_Result r) {
      r.r3 = s.key.get();
    }

    @Arbiter
    public void end(AbsentKey s, III_Result r) {
      s.key.release();
    }
  }

  /** The first thread clears; of two increments both count, or one was cleared away. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "cleared in between")
  @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "in order")
  @Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "the other way")
  public static class ClearBesideWriter {
    @Actor
    public void clearer(AbsentKey s, II_Result r) {
      s.key.clear();
      r.r1 = s.key.increment();
    }

    @Actor
    public void writer(AbsentKey s, II_Result r) {
      r.r2 = s.key.increment();
    }

    @Arbiter
    public void end(AbsentKey s, II_Result r) {
      s.key.release();
    }
  }
}
