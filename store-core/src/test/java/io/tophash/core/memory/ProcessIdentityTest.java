package io.tophash.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.memory.ProcessIdentity.State;
import io.tophash.core.testing.ChildJvm;
import io.tophash.core.testing.KilledProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  private static final int EXITING = 4;

  /** What the system says of a thread, or of a process by its first one. */
  private static void write(Path at, int flags, long start) throws IOException {
    write(at, flags, 3, start);
  }

  private static void write(Path at, int flags, int threads, long start) throws IOException {
    Files.createDirectories(at);
    String fields = " S 1 1 1 0 -1 %d 0 0 0 0 0 0 0 0 20 0 %d 0 %d 0%n";
    Files.writeString(at.resolve("stat"), "7 (a ) name)" + fields.formatted(flags, threads, start));
  }

  @Test
  void aProcessIsEndingWhenAllItsThreadsAre(@TempDir Path process) throws IOException {
    ProcessIdentity identity = new ProcessIdentity(7, 99, ProcessIdentity.current().world());
    assertFalse(identity.isEnding(process), "nothing is said of it");
    write(process, 0x40_0000, 99);
    Path threads = process.resolve("task");
    for (int thread : List.of(7, 8, 9)) {
      write(threads.resolve(Integer.toString(thread)), 0x40_0000 | EXITING, 99);
    }
    assertFalse(identity.isEnding(process), "its first thread is not");
    write(process, 0x40_0000 | EXITING, 99);
    assertTrue(identity.isEnding(process));
    write(process, 0x40_0000 | EXITING, 98);
    assertFalse(identity.isEnding(process), "another process has its number");
    write(process, EXITING, 99);
    write(threads.resolve("9"), 0x40_0000, 99);
    assertFalse(identity.isEnding(process), "its first thread has ended alone");
    Files.delete(threads.resolve("9/stat"));
    assertFalse(identity.isEnding(process), "what cannot be read may run");
    Files.delete(threads.resolve("9"));
    assertFalse(identity.isEnding(process), "a listing that ended early");
    write(process, EXITING, 2, 99);
    assertTrue(identity.isEnding(process));
    for (int thread = 1_000; thread < 2_000; thread++) {
      Files.createDirectory(threads.resolve(Integer.toString(thread)));
    }
    assertFalse(identity.isEnding(process), "more threads than one listing surely has");
  }

  @Test
  void whereProcIsOfAnotherNamespaceOrMissingNobodyIsJudged() {
    assertTrue(ProcessIdentity.tellsOfOwnNamespace(List.of("Pid:\t7", "NSpid:\t7", "Uid:\t0 0")));
    assertFalse(ProcessIdentity.tellsOfOwnNamespace(List.of("Pid:\t97", "NSpid:\t97\t7")));
    assertTrue(ProcessIdentity.tellsOfOwnNamespace(List.of("Pid:\t7")), "an old kernel");
    assertEquals(ProcessIdentity.UNKNOWABLE, ProcessIdentity.world(new UUID(0, 0)));
    assertEquals(ProcessIdentity.UNKNOWABLE, ProcessIdentity.worldWithoutProc("Linux"));
    assertEquals(0, ProcessIdentity.worldWithoutProc("Mac OS X"));
    assertEquals(State.UNKNOWN, new ProcessIdentity(7, 99, ProcessIdentity.UNKNOWABLE).state());
  }

  /** As where a process has as many files open as it may: its neighbours live all the same. */
  @Test
  void ofAProcessThatCannotBeReadNothingIsKnown(@TempDir Path processes) throws IOException {
    ProcessIdentity identity = new ProcessIdentity(7, 99, ProcessIdentity.current().world());
    assertEquals(State.UNKNOWN, identity.state(processes), "no process is shown");
    write(processes.resolve("1"), 0, 1);
    assertEquals(State.DEAD, identity.state(processes), "others are");
    Files.createDirectories(processes.resolve("7/stat")); // a file that cannot be read
    assertEquals(State.UNKNOWN, identity.state(processes));
    Files.delete(processes.resolve("7/stat"));
    write(processes.resolve("7"), 0, 99);
    assertEquals(State.ALIVE, identity.state(processes));
    write(processes.resolve("7"), 0, 98);
    assertEquals(State.DEAD, identity.state(processes), "another process has its number");
  }

  @Test
  void aKilledProcessIsEndingAsLongAsItIsThere() throws IOException {
    try (KilledProcess child = KilledProcess.start()) {
      assertFalse(child.identity().isEnding());
      child.kill();
      assertTrue(child.identity().isEnding() || !child.isLeft());
      assertFalse(ProcessIdentity.current().isEnding());
    }
  }
}
