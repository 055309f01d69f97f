package io.tophash.sync.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.memory.Hold;
import io.tophash.core.memory.Liveness;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.Sidecar;
import io.tophash.core.memory.StoreFile;
import io.tophash.core.testing.ChildJvm;
import io.tophash.sync.format.RegionLayout;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process table between real processes. */
@Tag("crash")
class KilledProcessTest {
  private static final long LONG = 60_000_000_000L;

  @TempDir Path directory;
  private Path path;
  private StoreFile file;
  private Sidecar sidecar;
  private MappedMemory memory;

  /** Attaches, enters shard {@code args[1]}, says where, and stays there. */
  static final class Child {
    public static void main(String[] args) throws IOException {
      Path path = Path.of(args[0]);
      StoreFile file = StoreFile.openShared(path, false, Long.MAX_VALUE);
      Sidecar sidecar = Sidecar.open(path, false);
      Hold hold = new Hold();
      sidecar.lockAttach(hold, 10_000);
      ProcessTable table = ProcessTable.attach(file.map(RegionLayout.MIN_WINDOW_SHIFT), sidecar);
      sidecar.unlock(hold);
      long hazard = table.enterGuard(Integer.parseInt(args[1]));
      System.out.println(table.slot() + " " + table.incarnation());
      System.in.read();
      table.leaveGuard(hazard);
      table.leave();
      System.out.println("left");
    }
  }

  private final Hold hold = new Hold();

  @BeforeEach
  void open() {
    path = StoreFile.realPath(directory.resolve("a.tph"), false);
    sidecar = Sidecar.open(path, false);
    sidecar.lockAttach(hold, 0);
    file = StoreFile.createShared(path, Long.MAX_VALUE);
    memory = file.map(RegionLayout.MIN_WINDOW_SHIFT);
    file.ensureLength(RegionLayout.EXTENT_BYTES);
    file.ensureMapped(RegionLayout.EXTENT_BYTES);
    file.publish();
  }

  @AfterEach
  void close() {
    file.close();
    sidecar.release();
  }

  @Test
  void aKilledProcessLosesItsRowAndHoldsNobodyUp() {
    ProcessTable table = ProcessTable.attach(memory, sidecar);
    sidecar.unlock(hold);
    try (ChildJvm child = ChildJvm.start(Child.class, path, 3)) {
      assertEquals("1 1", child.readLine());
      assertTrue(table.isAlive(1, 1));
      assertEquals(2, table.attached().size());
      assertTrue(table.describe(1).startsWith("pid=" + child.pid() + " "), table.describe(1));
      assertEquals(Drain.TIMED_OUT, table.awaitNoHazards(3, System.nanoTime()));
      assertEquals(1, table.blockingSlot());
      assertEquals(1, table.slotInside(3, 0));
      assertEquals(-1, table.slotInside(3, 1));
      assertEquals(-1, table.slotInside(2, 0));
      child.kill();
    }
    assertEquals(-1, table.slotInside(3, 0), "it is inside, but dead");
    assertFalse(table.isAlive(1, 1));
    assertEquals(1, table.attached().size());
    assertTrue(table.owed().isOwing(1));
    try (ChildJvm child = ChildJvm.start(Child.class, path, 4)) {
      assertEquals("1 2", child.readLine());
      assertFalse(table.isAlive(1, 1));
      assertTrue(table.isAlive(1, 2));
      assertEquals(Drain.DRAINED_AFTER_DEATH, table.awaitNoHazards(3, System.nanoTime() + LONG));
      assertFalse(table.owed().isOwing(1));
    }
    table.leave();
  }

  /** A kernel that must not be asked about the lock of the first row. */
  private static Liveness untouched() {
    return (Liveness)
        Proxy.newProxyInstance(
            Liveness.class.getClassLoader(),
            new Class<?>[] {Liveness.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("tryLockSlot") && !arguments[0].equals(0)) {
                return true;
              }
              throw new AssertionError(method.getName());
            });
  }

  /**
   * The thread that has the lock file may be some turns away; and who tries the lock of a process
   * that has just lost it would keep it from taking it again.
   */
  @Test
  void theLockOfAProcessThatIsSeenIsLeftAlone() {
    RowLiveness rows = new RowLiveness(memory, untouched());
    sidecar.unlock(hold);
    try (ChildJvm child = ChildJvm.start(Child.class, path, 3)) {
      assertEquals("0 1", child.readLine());
      assertTrue(rows.mayStore(0));
      assertTrue(rows.isAlive(0));
      assertEquals(1, ProcessTable.claim(memory, untouched()).slot());
      child.kill();
    }
    // That it is not seen is not enough: it may be another namespace that is shown.
    assertThrows(AssertionError.class, () -> rows.mayStore(0));
    assertThrows(AssertionError.class, () -> rows.isAlive(0));
    assertFalse(new RowLiveness(memory, sidecar).mayStore(0), "its lock is free");
  }
}
