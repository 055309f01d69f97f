package io.tophash.sync.race;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.ZII_Result;

/** A comparison succeeds only on the value that is there, also if the same bytes come back. */
public final class ComeBack {
  private ComeBack() {}

  /** The value to be stored is put by another one meanwhile. */
  @JCStressTest
  @Outcome(id = "true, 1, 1", expect = ACCEPTABLE, desc = "replace came first")
  @Outcome(id = "false, 0, 1", expect = ACCEPTABLE, desc = "put came first")
  public static class ReplaceBesidePut {
    @Actor
    public void replace(PresentKey s, ZII_Result r) {
      r.r1 = s.key.replace(0, 1);
    }

    @Actor
    public void put(PresentKey s, ZII_Result r) {
      r.r2 = s.key.put(1);
    }

    @Arbiter
    public void last(PresentKey s, ZII_Result r) {
      r.r3 = s.key.release();
    }
  }

  /** The expected value is replaced and comes back, in a record of its own. */
  @JCStressTest
  @Outcome(id = "1, 2, 1, 0", expect = ACCEPTABLE, desc = "replace came first")
  @Outcome(id = "0, 0, 1, 0", expect = ACCEPTABLE, desc = "replace came between")
  @Outcome(id = "1, 0, 1, 2", expect = ACCEPTABLE, desc = "replace came last")
  public static class ReplaceBesidePuts {
    @Actor
    public void replace(PresentKey s, IIII_Result r) {
      r.r1 = s.key.replace(0, 2) ? 1 : 0;
    }

    @Actor
    public void put(PresentKey s, IIII_Result r) {
      r.r2 = s.key.put(1);
      r.r3 = s.key.put(0);
    }

    @Arbiter
    public void last(PresentKey s, IIII_Result r) {
      r.r4 = s.key.release();
    }
  }

  /** The expected value is removed and comes back. */
  @JCStressTest
  @Outcome(id = "1, -1, -1, 0", expect = ACCEPTABLE, desc = "the comparison came first")
  @Outcome(id = "0, 0, -1, 0", expect = ACCEPTABLE, desc = "the comparison came between")
  @Outcome(id = "1, 0, -1, -1", expect = ACCEPTABLE, desc = "the comparison came last")
  public static class RemoveBesideRemoveAndPut {
    @Actor
    public void removeIf(PresentKey s, IIII_Result r) {
      r.r1 = s.key.remove(0) ? 1 : 0;
    }

    @Actor
    public void removeAndPut(PresentKey s, IIII_Result r) {
      r.r2 = s.key.remove();
      r.r3 = s.key.put(0);
    }

    @Arbiter
    public void last(PresentKey s, IIII_Result r) {
      r.r4 = s.key.release();
    }
  }
}
