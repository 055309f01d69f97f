package io.tophash.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.memory.ProcessIdentity.State;
import io.tophash.core.testing.ChildJvm;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whether a process lives, told from what it noted about itself. */
@Tag("fault")
class ProcessIdentityTest {
  /** Says who it is, and ends with its input. */
  static final class Child {
    public static void main(String[] args) throws IOException {
      ProcessIdentity self = ProcessIdentity.current();
      System.out.println(self.pid() + " " + self.start() + " " + self.world());
      System.in.read();
    }
  }

  @Test
  void thisProcessLives() {
    ProcessIdentity self = ProcessIdentity.current();
    assertTrue(self.isSelf());
    assertEquals(State.ALIVE, self.state());
    assertEquals(ProcessHandle.current().pid(), self.pid());
    ProcessIdentity former = new ProcessIdentity(self.pid(), self.start() - 1, self.world());
    assertFalse(former.isSelf());
    assertEquals(State.DEAD, former.state(), "the id is used again");
  }

  @Test
  void anotherProcessLivesUntilItIsKilled() {
    ProcessIdentity child;
    try (ChildJvm jvm = ChildJvm.start(Child.class)) {
      String[] words = jvm.readLine().split(" ");
      child =
          new ProcessIdentity(
              Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]));
      assertEquals(jvm.pid(), child.pid());
      assertEquals(ProcessIdentity.current().world(), child.world());
      assertEquals(State.ALIVE, child.state());
      jvm.kill();
    }
    assertEquals(State.DEAD, child.state());
  }

  @Test
  void aProcessOfAnotherWorldIsUnknown() {
    ProcessIdentity self = ProcessIdentity.current();
    ProcessIdentity other = new ProcessIdentity(self.pid(), self.start(), self.world() + 1);
    assertEquals(State.UNKNOWN, other.state());
    assertEquals(State.DEAD, new ProcessIdentity(0, 0, other.world()).state(), "none has this id");
  }
}
