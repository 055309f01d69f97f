package io.tophash.sync.race;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.infra.results.II_Result;

/** Who sees the later change of another thread sees the earlier one, too. */
public final class MessagePassing {
  private MessagePassing() {}

  /** Two new keys. */
  @JCStressTest
  @Outcome(id = "-1, -1", expect = ACCEPTABLE, desc = "neither")
  @Outcome(id = "-1, 1", expect = ACCEPTABLE, desc = "the first one only")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both")
  public static class NewKeys {
    @Actor
    public void writer(AbsentKeys s) {
      s.x.set(1);
      s.y.set(1);
    }

    @Actor
    public void reader(AbsentKeys s, II_Result r) {
      r.r1 = s.y.get();
      r.r2 = s.x.get();
    }

    @Arbiter
    public void end(AbsentKeys s, II_Result r) {
      s.release();
    }
  }

  /** Two keys that have a slot. */
  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "neither")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the first one only")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both")
  public static class Overwritten {
    @Actor
    public void writer(PresentKeys s) {
      s.x.set(1);
      s.y.set(1);
    }

    @Actor
    public void reader(PresentKeys s, II_Result r) {
      r.r1 = s.y.get();
      r.r2 = s.x.get();
    }

    @Arbiter
    public void end(PresentKeys s, II_Result r) {
      s.release();
    }
  }

  /** A value is stored, then another key is removed. */
  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "neither")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the value only")
  @Outcome(id = "-1, 1", expect = ACCEPTABLE, desc = "both")
  public static class Removed {
    @Actor
    public void writer(PresentKeys s) {
      s.x.set(1);
      s.y.remove();
    }

    @Actor
    public void reader(PresentKeys s, II_Result r) {
      r.r1 = s.y.get();
      r.r2 = s.x.get();
    }

    @Arbiter
    public void end(PresentKeys s, II_Result r) {
      s.release();
    }
  }
}
