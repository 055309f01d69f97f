package io.tophash.sync.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.errors.StoreException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.StoreFile;
import io.tophash.core.testing.KilledProcess;
import io.tophash.sync.format.HazardWord;
import io.tophash.sync.format.LockWord;
import io.tophash.sync.format.ProcessLayout;
import io.tophash.sync.format.RegionLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows and hazards, with processes that this JVM plays and a kernel that a test plays. */
@Tag("fast")
@Tag("contract")
class ProcessTableTest {
  private static final long LONG = 60_000_000_000L;

  @TempDir Path directory;
  private final FakeKernel kernel = new FakeKernel();
  private StoreFile file;
  private MappedMemory memory;

  @BeforeEach
  void open() {
    file =
        StoreFile.createShared(
            StoreFile.realPath(directory.resolve("a.tph"), false), RegionLayout.EXTENT_BYTES);
    memory = file.map(RegionLayout.MIN_WINDOW_SHIFT);
    file.ensureLength(RegionLayout.EXTENT_BYTES);
    file.ensureMapped(RegionLayout.EXTENT_BYTES);
  }

  @AfterEach
  void close() {
    file.close();
  }

  private ProcessTable attach() {
    return ProcessTable.attach(memory, kernel.process());
  }

  private Set<Integer> deadRows(ProcessTable table) {
    Set<Integer> rows = new TreeSet<>();
    table.owed().forEachDeadRow(rows::add);
    return rows;
  }

  private List<Integer> owedShards(ProcessTable table, int slot) {
    List<Integer> shards = new ArrayList<>();
    table.owed().forEachShard(slot, shards::add);
    return shards;
  }

  @Test
  void eachProcessHasARowOfItsOwn() {
    ProcessTable first = attach();
    ProcessTable second = attach();
    assertEquals(0, first.slot());
    assertEquals(1, second.slot());
    assertEquals(RegionLayout.process(1), second.rowPosition());
    assertEquals(1, second.incarnation());
    assertEquals(LockWord.of(1, 1), second.self());
    assertTrue(first.isAlive(0, 1));
    assertTrue(first.isAlive(1, 1));
    assertTrue(second.isAlive(0, 1));
    second.leave();
    assertFalse(first.isAlive(1, 1));
    assertFalse(second.isAlive(1, 1));
  }

  @Test
  void aClaimWritesNothingAndAnEntryDeclaresTheFormerOwnerDead() {
    FakeKernel.FakeProcess killed = kernel.process();
    ProcessTable.attach(memory, killed);
    ProcessTable other = attach();
    killed.die();
    assertFalse(other.isAlive(0, 1));
    ProcessTable heir = ProcessTable.claim(memory, kernel.process());
    assertEquals(0, heir.slot());
    assertEquals(1, memory.getLong(heir.rowPosition(), ProcessLayout.INCARNATION));
    assertFalse(heir.isAlive(0, 1));
    heir.enter();
    assertEquals(2, heir.incarnation());
    assertFalse(other.isAlive(0, 1));
    assertTrue(other.isAlive(0, 2));
    assertNotEquals(LockWord.of(0, 1), heir.self());
  }

  @Test
  void aKilledProcessIsDeadBeforeTheSystemHasGivenItsLocksBack() throws IOException {
    ProcessTable killed = attach();
    ProcessTable other = attach();
    try (KilledProcess process = KilledProcess.start()) {
      memory.putLong(killed.rowPosition(), ProcessLayout.PID, process.identity().pid());
      memory.putLong(killed.rowPosition(), ProcessLayout.START, process.identity().start());
      for (long end = System.nanoTime() + 20_000_000; System.nanoTime() < end; ) {
        assertTrue(other.isAlive(0, 1));
      }
      process.kill();
      while (process.isLeft() && other.isAlive(0, 1)) {
        Thread.onSpinWait(); // it is not looked at each time
      }
      assertTrue(kernel.process().isSlotLocked(0));
      assertTrue(other.isAlive(1, 1));
    }
  }

  @Test
  void incarnationsAreComparedAsLockWordsCarryThem() {
    long last = (1L << 56) - 1;
    memory.putLong(RegionLayout.process(0), ProcessLayout.INCARNATION, last);
    ProcessTable table = attach();
    ProcessTable other = attach();
    assertEquals(0, table.incarnation());
    assertTrue(other.isAlive(0, LockWord.incarnation(table.lockWord())));
    assertFalse(other.isAlive(0, last));
  }

  @Test
  void slotsThatDoNotExistHaveNoLivingOwner() {
    ProcessTable table = attach();
    assertFalse(table.isAlive(-1, 0));
    assertFalse(table.isAlive(64, 0));
    assertFalse(table.isAlive(126, 1));
    assertEquals("unknown", table.describe(-1));
    assertEquals("unknown", table.describe(64));
  }

  @Test
  void aFullTableSaysSo() {
    List<ProcessTable> all = new ArrayList<>();
    for (int i = 0; i < RegionLayout.PROCESS_COUNT; i++) {
      all.add(attach());
    }
    StoreException e = assertThrows(StoreException.class, this::attach);
    assertTrue(e.getMessage().contains("the process table is full: at most 64"), e.getMessage());
    all.get(17).leave();
    assertEquals(17, attach().slot());
  }

  @Test
  void theTableSaysWhoIsThere() {
    FakeKernel.FakeProcess killed = kernel.process();
    ProcessTable.attach(memory, killed);
    ProcessTable table = attach();
    attach().leave();
    killed.die();
    long hazard = table.enterGuard(0);
    memory.putLong(hazard, ProcessLayout.HAZARD_STORES, 5);
    memory.putLong(hazard, ProcessLayout.HAZARD_REMOVES, 3);
    table.leaveGuard(hazard);
    List<AttachedProcess> attached = table.attached();
    assertEquals(1, attached.size());
    AttachedProcess self = attached.get(0);
    assertEquals(1, self.slot());
    assertEquals(ProcessHandle.current().pid(), self.pid());
    assertEquals(5, self.stores());
    assertEquals(3, self.removes());
    assertFalse(self.host().isEmpty());
    assertEquals(ProcessHandle.current().info().startInstant().isPresent(), self.started() != null);
    assertTrue(table.describe(1).startsWith("pid=" + self.pid() + " started="));
    // Who cannot test locks lists the killed one too.
    assertEquals(2, Rows.attachedOrKilled(memory).size());
  }

  @Test
  void damagedTextForPeopleHarmsNothing() {
    ProcessTable table = attach();
    long row = table.rowPosition();
    memory.putByte(row, ProcessLayout.HOST, (byte) -1);
    memory.putLong(row, ProcessLayout.STARTED_MS, Long.MIN_VALUE);
    memory.putLong(row, ProcessLayout.ATTACHED_MS, Long.MAX_VALUE);
    assertEquals(1, table.attached().size());
    assertTrue(table.describe(0).startsWith("pid="));
  }

  @Test
  void aThreadTakesAHazardUntilNoneIsFree() {
    ProcessTable table = attach();
    Set<Long> taken = new TreeSet<>();
    for (long hazard; (hazard = table.enterGuard(7)) != 0; ) {
      assertTrue(taken.add(hazard));
      assertEquals(0, (hazard - table.rowPosition()) % 64);
      assertEquals(7, HazardWord.shard(memory.getLong(hazard, ProcessLayout.HAZARD_SHARD)));
    }
    assertEquals(4, taken.size());
    long free = taken.iterator().next();
    table.leaveGuard(free);
    assertEquals(free, table.enterGuard(9));
    assertEquals(Drain.DRAINED, table.awaitNoHazards(8, System.nanoTime() + LONG));
  }

  @Test
  void aShardIsDrainedWhenTheLastOperationHasLeftIt() throws InterruptedException {
    ProcessTable holder = attach();
    ProcessTable other = attach();
    long hazard = other.enterGuard(3);
    long elsewhere = other.enterGuard(4);
    CountDownLatch started = new CountDownLatch(1);
    Drain[] result = new Drain[1];
    boolean[] left = new boolean[1];
    Thread drainer =
        new Thread(
            () -> {
              started.countDown();
              result[0] = holder.awaitNoHazards(3, System.nanoTime() + LONG);
              assertTrue(left[0]);
            });
    Throwable[] failure = new Throwable[1];
    drainer.setUncaughtExceptionHandler((t, e) -> failure[0] = e);
    drainer.start();
    started.await();
    left[0] = true;
    other.leaveGuard(hazard);
    drainer.join();
    assertEquals(Drain.DRAINED, result[0]);
    assertEquals(null, failure[0]);
    other.leaveGuard(elsewhere);
  }

  @Test
  void anOperationThatStaysIsNamed() {
    ProcessTable holder = attach();
    attach();
    ProcessTable other = attach();
    long hazard = other.enterGuard(3);
    assertEquals(-1, holder.blockingSlot());
    assertEquals(Drain.TIMED_OUT, holder.awaitNoHazards(3, System.nanoTime()));
    assertEquals(2, holder.blockingSlot());
    other.leaveGuard(hazard);
  }

  @Test
  void theHazardOfADeadProcessIsClearedAndReported() {
    ProcessTable holder = attach();
    FakeKernel.FakeProcess killed = kernel.process();
    ProcessTable dead = ProcessTable.attach(memory, killed);
    long hazard = dead.enterGuard(3);
    long elsewhere = dead.enterGuard(4);
    killed.die();
    assertEquals(Drain.DRAINED_AFTER_DEATH, holder.awaitNoHazards(3, System.nanoTime() + LONG));
    assertEquals(0, memory.getLong(hazard, 0));
    assertNotEquals(0, memory.getLong(elsewhere, 0));
    assertEquals(Drain.DRAINED, holder.awaitNoHazards(3, System.nanoTime() + LONG));
  }

  /** The hole: who gives up does not count the entries, so the next one must learn of the death. */
  @Test
  void aDeathIsReportedAgainAfterATimeout() {
    FakeKernel.FakeProcess killed = kernel.process();
    ProcessTable dead = ProcessTable.attach(memory, killed);
    ProcessTable holder = attach();
    ProcessTable stopped = attach();
    dead.enterGuard(3);
    killed.die();
    long hazard = stopped.enterGuard(3);
    assertEquals(Drain.TIMED_OUT, holder.awaitNoHazards(3, System.nanoTime()));
    stopped.leaveGuard(hazard);
    assertEquals(Drain.DRAINED_AFTER_DEATH, holder.awaitNoHazards(3, System.nanoTime() + LONG));
  }

  @Test
  void whatAFormerOwnerOwesIsNotTakenForTheHeirsOwn() {
    ProcessTable holder = ProcessTable.claim(memory, kernel.process());
    holder.enter();
    FakeKernel.FakeProcess killed = kernel.process();
    ProcessTable dead = ProcessTable.attach(memory, killed);
    long hazard = dead.enterGuard(3);
    killed.die();
    assertEquals(Set.of(1), deadRows(holder));
    ProcessTable heir = attach();
    assertEquals(1, heir.slot());
    assertTrue(heir.owed().isOwing(1));
    assertEquals(Set.of(1), deadRows(holder));
    assertEquals(Set.of(1), deadRows(heir));
    long own = heir.enterGuard(3);
    assertNotEquals(hazard, own);
    assertEquals(List.of(3), owedShards(holder, 1));
    // The heir is alive and stays inside; what it inherited is dead.
    assertEquals(Drain.TIMED_OUT, holder.awaitNoHazards(3, System.nanoTime()));
    heir.leaveGuard(own);
    assertEquals(Drain.DRAINED_AFTER_DEATH, heir.awaitNoHazards(3, System.nanoTime() + LONG));
    assertEquals(Set.of(), deadRows(heir));
  }

  @Test
  void clearingForgetsTheDeadOnly() {
    ProcessTable table = attach();
    FakeKernel.FakeProcess killed = kernel.process();
    ProcessTable dead = ProcessTable.attach(memory, killed);
    ProcessTable living = attach();
    dead.enterGuard(3);
    dead.enterGuard(5);
    long hazard = living.enterGuard(3);
    killed.die();
    table.owed().clear(1);
    table.owed().clear(2);
    assertEquals(Set.of(), deadRows(table));
    assertNotEquals(0, memory.getLong(hazard, 0));
    // The dead row need not be looked at any more, and can be claimed.
    assertEquals(0, memory.getLong(RegionLayout.process(1), ProcessLayout.ATTACHED));
    assertEquals(1, memory.getLong(RegionLayout.process(2), ProcessLayout.ATTACHED));
    assertEquals(1, attach().slot());
  }

  @Test
  void aRowThatOwesStaysAttachedWhenItsHeirLeaves() {
    FakeKernel.FakeProcess killed = kernel.process();
    ProcessTable.attach(memory, killed).enterGuard(3);
    killed.die();
    attach().leave();
    assertEquals(1, memory.getLong(RegionLayout.process(0), ProcessLayout.ATTACHED));
    memory.putLong(RegionLayout.process(0), ProcessLayout.PID, 0);
    ProcessTable next = attach();
    assertEquals(Drain.DRAINED_AFTER_DEATH, next.awaitNoHazards(3, System.nanoTime() + LONG));
    next.leave();
    assertEquals(0, memory.getLong(RegionLayout.process(0), ProcessLayout.ATTACHED));
  }

  /** As if it was killed in another container, or before the machine stopped. */
  @Test
  void whoCannotBeSeenIsDeadWhenItsLockWasFreeForSomeTime() {
    FakeKernel.FakeProcess killed = kernel.process();
    ProcessTable dead = ProcessTable.attach(memory, killed);
    long row = RegionLayout.process(dead.slot());
    memory.putLong(row, ProcessLayout.WORLD, memory.getLong(row, ProcessLayout.WORLD) + 1);
    killed.die();
    ProcessTable table = attach();
    assertEquals(1, table.slot(), "its row is not taken");
    assertTrue(table.isAlive(dead.slot(), dead.incarnation()));
    assertFalse(table.isAlone());
    table.awaitCertainty();
    assertFalse(table.isAlive(dead.slot(), dead.incarnation()));
    assertTrue(table.isAlone());
  }

  private ProcessTable attachOnRun(FakeKernel.FakeProcess process, long number) {
    ProcessTable table = ProcessTable.attach(memory, process.onRun(number));
    long row = RegionLayout.process(table.slot());
    memory.putLong(row, ProcessLayout.WORLD, memory.getLong(row, ProcessLayout.WORLD) + number);
    return table;
  }

  @Test
  void whoRanOnARunThatHasEndedIsDeadAtOnce() {
    FakeKernel.FakeProcess killed = kernel.process();
    ProcessTable dead = attachOnRun(killed, 1);
    ProcessTable table = ProcessTable.attach(memory, kernel.process().onRun(3));
    assertTrue(table.isAlive(dead.slot(), dead.incarnation()), "its lock is held");
    assertFalse(table.isAlone());
    killed.die();
    assertFalse(table.isAlive(dead.slot(), dead.incarnation()));
    assertTrue(table.isAlone());
    assertEquals(dead.slot(), ProcessTable.claim(memory, kernel.process().onRun(3)).slot());
  }

  /** One of both cannot vouch for its run, as in a container that has a boot id of its own. */
  @ParameterizedTest
  @CsvSource({"0, 3", "1, 0", "0, 0", "3, 3"})
  void whoMayBeOfThisRunIsAliveUntilTheGraceIsOver(long there, long here) {
    FakeKernel.FakeProcess living = kernel.process();
    ProcessTable other = attachOnRun(living, there);
    long row = RegionLayout.process(other.slot());
    memory.putLong(row, ProcessLayout.WORLD, memory.getLong(row, ProcessLayout.WORLD) + 1);
    living.die(); // it lost its lock
    ProcessTable table = ProcessTable.attach(memory, kernel.process().onRun(here));
    assertEquals(1, table.slot(), "its row is not taken");
    assertTrue(table.isAlive(other.slot(), other.incarnation()));
    assertFalse(table.isAlone());
    assertTrue(living.tryLockSlot(other.slot()));
    table.awaitCertainty();
    assertTrue(table.isAlive(other.slot(), other.incarnation()));
    assertFalse(table.isAlone());
  }

  @Test
  void leavingWaitsForTheOperationsOfThisProcess() throws InterruptedException {
    ProcessTable table = attach();
    ProcessTable other = attach();
    long hazard = table.enterGuard(0);
    long[] atLeave = {-1};
    Thread leaver =
        new Thread(
            () -> {
              table.leave();
              atLeave[0] = memory.getLong(hazard, 0);
            });
    leaver.start();
    assertTrue(other.isAlive(table.slot(), table.incarnation()));
    table.leaveGuard(hazard);
    leaver.join();
    assertEquals(0, atLeave[0]);
    assertFalse(other.isAlive(table.slot(), table.incarnation()));
  }
}
