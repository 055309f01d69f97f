package io.tophash.sync.race;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * What an operation did is visible to all when it returns: of two threads that each change one key
 * and then read the other's, at least one sees the change of the other.
 */
public final class Visibility {
  private Visibility() {}

  /** Two new keys. */
  @JCStressTest
  @Outcome(id = "-1, 1", expect = ACCEPTABLE, desc = "the first one came first")
  @Outcome(id = "1, -1", expect = ACCEPTABLE, desc = "the second one came first")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both saw the other")
  public static class NewKeys {
    @Actor
    public void one(AbsentKeys s, II_Result r) {
      s.x.set(1);
      r.r1 = s.y.get();
    }

    @Actor
    public void other(AbsentKeys s, II_Result r) {
      s.y.set(1);
      r.r2 = s.x.get();
    }

    @Arbiter
    public void end(AbsentKeys s, II_Result r) {
      s.release();
    }
  }

  /** Two keys that have a slot. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the first one came first")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the second one came first")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both saw the other")
  public static class Overwritten {
    @Actor
    public void one(PresentKeys s, II_Result r) {
      s.x.set(1);
      r.r1 = s.y.get();
    }

    @Actor
    public void other(PresentKeys s, II_Result r) {
      s.y.set(1);
      r.r2 = s.x.get();
    }

    @Arbiter
    public void end(PresentKeys s, II_Result r) {
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
    public void one(PresentKeys s, II_Result r) {
      s.x.remove();
      r.r1 = s.y.get();
    }

    @Actor
    public void other(PresentKeys s, II_Result r) {
      s.y.remove();
      r.r2 = s.x.get();
    }

    @Arbiter
    public void end(PresentKeys s, II_Result r) {
      s.release();
    }
  }
}
