package io.tophash.sync.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.crash.CrashHook;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.StoreFile;
import io.tophash.sync.format.LockWord;
import io.tophash.sync.format.RegionLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that is killed before each of the stores from its claim to its leave, in a row whose
 * former owner was killed inside a shard. The hole: the heir hides what the former owner owes, or
 * is taken for him.
 */
@Tag("hook")
@Tag("crash")
class KillAtEachStoreTest {
  private static final long LONG = 60_000_000_000L;
  private static final int OWED = 3;
  private static final int OWN = 5;

  @TempDir Path directory;

  /** Stops the thread as a kill does. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** Counts stores and points down to the kill. */
  private static final class Countdown implements CrashHook.Tracer {
    private int rest;

    Countdown(int rest) {
      this.rest = rest;
    }

    @Override
    public void reached(String point) {
      if (rest-- == 0) {
        throw new Killed();
      }
    }

    @Override
    public void storing(long position, int length, boolean release) {
      reached("store");
    }

    @Override
    public void fence() {}
  }

  @AfterEach
  void stopTracing() {
    CrashHook.trace(null);
  }

  /** The whole life of a process; true if it was killed. */
  private static boolean live(MappedMemory memory, FakeKernel.FakeProcess process, int kill) {
    CrashHook.trace(new Countdown(kill));
    try {
      ProcessTable table = ProcessTable.attach(memory, process);
      table.leaveGuard(table.enterGuard(OWN));
      table.leave();
      return false;
    } catch (Killed e) {
      return true;
    } finally {
      CrashHook.trace(null);
      process.die();
    }
  }

  @Test
  void nothingIsLostOrTakenForAlive() {
    int kill = 0;
    for (boolean killed = true; killed; kill++) {
      Path path = StoreFile.realPath(directory.resolve(kill + ".tph"), false);
      try (StoreFile file = StoreFile.createShared(path, RegionLayout.EXTENT_BYTES)) {
        MappedMemory memory = file.map(RegionLayout.MIN_WINDOW_SHIFT);
        file.ensureLength(RegionLayout.EXTENT_BYTES);
        file.ensureMapped(RegionLayout.EXTENT_BYTES);
        FakeKernel kernel = new FakeKernel();
        FakeKernel.FakeProcess former = kernel.process();
        ProcessTable dead = ProcessTable.attach(memory, former);
        dead.enterGuard(OWED);
        former.die();
        killed = live(memory, kernel.process(), kill);
        check(memory, kernel, dead.lockWord(), "kill=" + kill);
      }
    }
    assertTrue(kill > 10, "too few places to be killed at, count=" + kill);
  }

  private static void check(MappedMemory memory, FakeKernel kernel, long deadWord, String message) {
    ProcessTable table = ProcessTable.attach(memory, kernel.process());
    assertEquals(0, table.slot());
    for (long past = 0; past < table.incarnation(); past++) {
      assertFalse(table.isAlive(0, past), message);
    }
    assertFalse(table.isAlive(0, LockWord.incarnation(deadWord)), message);
    assertEquals(
        Drain.DRAINED_AFTER_DEATH, table.awaitNoHazards(OWED, System.nanoTime() + LONG), message);
    table.owed().forEachDeadRow(table.owed()::clear);
    assertEquals(Drain.DRAINED, table.awaitNoHazards(OWED, System.nanoTime()), message);
    assertEquals(Drain.DRAINED, table.awaitNoHazards(OWN, System.nanoTime()), message);
    table.leave();
    assertEquals(0, Rows.attachedOrKilled(memory).size(), message);
  }
}
