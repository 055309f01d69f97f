package io.tophash.sync.race;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/** A key that goes, or comes back, while another operation is on it. */
public final class PutAndRemove {
  private PutAndRemove() {}

  /** A reader sees the values of put, remove, put in this order. */
  @JCStressTest
  @Outcome(id = "-1, -1, 1, 2", expect = ACCEPTABLE, desc = "twice absent, in either place")
  @Outcome(id = "-1, 1, 1, 2", expect = ACCEPTABLE, desc = "before the first put, then after it")
  @Outcome(id = "-1, 2, 1, 2", expect = ACCEPTABLE, desc = "absent, then the last value")
  @Outcome(id = "1, -1, 1, 2", expect = ACCEPTABLE, desc = "the first value, then none")
  @Outcome(id = "1, 1, 1, 2", expect = ACCEPTABLE, desc = "twice the first value")
  @Outcome(id = "1, 2, 1, 2", expect = ACCEPTABLE, desc = "one after the other")
  @Outcome(id = "2, 2, 1, 2", expect = ACCEPTABLE, desc = "the reader came last")
  public static class BesideReader {
    @Actor
    public void writer(AbsentKey s, IIII_Result r) {
      boolean right = s.key.put(1) == OwnKey.ABSENT;
      right &= s.key.remove() == 1;
      right &= s.key.put(2) == OwnKey.ABSENT;
      r.r3 = right ? 1 : 0;
    }

    @Actor
    public void reader(AbsentKey s, IIII_Result r) {
      r.r1 = s.key.get();
      r.r2 = s.key.get();
    }

    @Arbiter
    public void last(AbsentKey s, IIII_Result r) {
      r.r4 = s.key.release();
    }
  }

  /** Remove and put: the later one sees what the earlier one did. */
  @JCStressTest
  @Outcome(id = "0, 1, -1", expect = ACCEPTABLE, desc = "put came first")
  @Outcome(id = "-1, 0, 1", expect = ACCEPTABLE, desc = "remove came first")
  public static class RemoveBesidePut {
    @Actor
    public void put(PresentKey s, III_Result r) {
      r.r1 = s.key.put(1);
    }

    @Actor
    public void remove(PresentKey s, III_Result r) {
      r.r2 = s.key.remove();
    }

    @Arbiter
    public void last(PresentKey s, III_Result r) {
      r.r3 = s.key.release();
    }
  }

  /** Remove and putIfAbsent, which stores only if it came second. */
  @JCStressTest
  @Outcome(id = "0, 0, -1", expect = ACCEPTABLE, desc = "putIfAbsent came first")
  @Outcome(id = "-1, 0, 1", expect = ACCEPTABLE, desc = "remove came first")
  public static class RemoveBesidePutIfAbsent {
    @Actor
    public void putIfAbsent(PresentKey s, III_Result r) {
      r.r1 = s.key.putIfAbsent(1);
    }

    @Actor
    public void remove(PresentKey s, III_Result r) {
      r.r2 = s.key.remove();
    }

    @Arbiter
    public void last(PresentKey s, III_Result r) {
      r.r3 = s.key.release();
    }
  }

  /** Of two removals only one gets the value. */
  @JCStressTest
  @Outcome(id = "0, -1, -1", expect = ACCEPTABLE, desc = "the first one removes")
  @Outcome(id = "-1, 0, -1", expect = ACCEPTABLE, desc = "the second one removes")
  public static class Removals {
    @Actor
    public void one(PresentKey s, III_Result r) {
      r.r1 = s.key.remove();
    }

    @Actor
    public void other(PresentKey s, III_Result r) {
      r.r2 = s.key.remove();
    }

    @Arbiter
    public void last(PresentKey s, III_Result r) {
      r.r3 = s.key.release();
    }
  }

  /** Of a conditional removal and a conditional replacement only one succeeds. */
  @JCStressTest
  @Outcome(id = "true, false, -1", expect = ACCEPTABLE, desc = "the removal wins")
  @Outcome(id = "false, true, 1", expect = ACCEPTABLE, desc = "the replacement wins")
  public static class RemoveBesideReplace {
    @Actor
    public void remove(PresentKey s, ZZI_Result r) {
      r.r1 = s.key.remove(0);
    }

    @Actor
    public void replace(PresentKey s, ZZI_Result r) {
      r.r2 = s.key.replace(0, 1);
    }

    @Arbiter
    public void last(PresentKey s, ZZI_Result r) {
      r.r3 = s.key.release();
    }
  }
}
