package io.tophash.core.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreLockedException;
import io.tophash.core.errors.StoreTimeoutException;
import io.tophash.core.testing.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The locks of the sidecar: between threads, class loaders and processes. */
@Tag("contract")
class SidecarTest {
  private static final long NO_WAIT = 0;
  private static final long LONG = 60_000;

  @TempDir Path directory;
  private Path path;

  @BeforeEach
  void makeStore() throws IOException {
    path = directory.toRealPath().resolve("a.tph");
    Files.write(path, new byte[100]);
  }

  @AfterEach
  void clearTheInterrupt() {
    Thread.interrupted();
  }

  private Sidecar open() {
    return Sidecar.open(path, false);
  }

  /** Takes what {@code args[1]} says, says so, and holds it until its input ends. */
  static final class Holder {
    public static void main(String[] args) throws IOException {
      Path path = Path.of(args[0]);
      try {
        if (args[1].equals("row")) {
          FileChannel.open(path.resolveSibling("a.tph.lock"), StandardOpenOption.WRITE)
              .lock(1L << 61, 1, false);
        } else if (args[1].equals("hash")) {
          StoreFile.open(path, false, 1 << 20);
        } else {
          take(Sidecar.open(path, args[1].equals("reader")), args[1]);
        }
        System.out.println("taken");
      } catch (StoreException e) {
        System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
      }
      System.in.read();
    }

    private static void take(Sidecar sidecar, String what) {
      switch (what) {
        case "slot":
          sidecar.tryLockSlot(3);
          break;
        case "attach":
          sidecar.lockAttach(new Hold(), NO_WAIT);
          break;
        case "checkpoint":
          sidecar.lockCheckpoint(new Hold(), NO_WAIT);
          break;
        case "reader":
          sidecar.lockReader(NO_WAIT);
          break;
        default: // only open
      }
    }
  }

  private ChildJvm holder(String what) {
    ChildJvm child = ChildJvm.start(Holder.class, path, what);
    assertEquals("taken", child.readLine());
    return child;
  }

  @Test
  void openersOfOneJvmShareOneChannel() {
    Sidecar first = open();
    assertSame(first, open());
    assertSame(first, Sidecar.open(path, true));
    assertTrue(first.tryLockSlot(0));
    first.release();
    first.release();
    assertTrue(first.isSlotLocked(0));
    first.release();
    Sidecar second = open();
    assertNotSame(first, second);
    assertFalse(second.isSlotLocked(0));
    second.release();
  }

  @Test
  void aSlotIsTakenOnce() {
    Sidecar sidecar = open();
    for (int slot = 0; slot < Sidecar.SLOTS; slot++) {
      assertFalse(sidecar.isSlotLocked(slot));
      assertTrue(sidecar.tryLockSlot(slot));
      assertFalse(sidecar.tryLockSlot(slot));
      assertTrue(sidecar.isSlotLocked(slot));
    }
    sidecar.unlockSlot(5);
    assertFalse(sidecar.isSlotLocked(5));
    assertTrue(sidecar.isSlotLocked(4));
    assertThrows(IllegalStateException.class, () -> sidecar.unlockSlot(5));
    sidecar.release();
  }

  @Test
  void theSlotOfAKilledProcessIsFree() {
    Sidecar sidecar = open();
    try (ChildJvm child = holder("slot")) {
      assertTrue(sidecar.isSlotLocked(3));
      assertFalse(sidecar.tryLockSlot(3));
      assertTrue(sidecar.isSlotLocked(3));
      assertFalse(sidecar.isSlotLocked(2));
      child.kill();
    }
    assertFalse(sidecar.isSlotLocked(3));
    assertTrue(sidecar.tryLockSlot(3));
    sidecar.release();
  }

  @Test
  void oneThreadAtATimeOpensAndGrows() throws InterruptedException {
    Sidecar sidecar = open();
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger failures = new AtomicInteger();
    Thread[] threads = new Thread[3];
    for (int t = 0; t < threads.length; t++) {
      threads[t] =
          new Thread(
              () -> {
                for (int i = 0; i < 20; i++) {
                  Hold hold = new Hold();
                  sidecar.lockAttach(hold, LONG);
                  sidecar.whileGrowing(
                      LONG,
                      () -> {
                        if (inside.getAndIncrement() != 0) {
                          failures.incrementAndGet();
                        }
                        inside.decrementAndGet();
                      });
                  sidecar.unlock(hold);
                }
              });
      threads[t].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(0, failures.get());
    sidecar.release();
  }

  @Test
  void aWaitThatIsTooLongSaysForWhat() {
    Sidecar sidecar = open();
    sidecar.lockAttach(new Hold(), NO_WAIT);
    sidecar.lockCheckpoint(new Hold(), NO_WAIT);
    assertTrue(
        assertThrows(StoreTimeoutException.class, () -> sidecar.lockAttach(new Hold(), 1))
            .getMessage()
            .contains("opens or closes the store"));
    Thread.currentThread().interrupt();
    StoreTimeoutException e =
        assertThrows(StoreTimeoutException.class, () -> sidecar.lockCheckpoint(new Hold(), 20));
    assertTrue(e.getMessage().contains("takes a checkpoint"), e.getMessage());
    assertTrue(e.getMessage().contains("timeoutMs=20"), e.getMessage());
    assertTrue(Thread.interrupted(), "the interrupt was swallowed");
    sidecar.release();
  }

  @Test
  void locksExcludeOtherProcessesUntilTheyDie() {
    Sidecar sidecar = open();
    Hold hold = new Hold();
    for (String what : new String[] {"attach", "checkpoint"}) {
      try (ChildJvm child = holder(what)) {
        Runnable lock =
            what.equals("attach")
                ? () -> sidecar.lockAttach(hold, 5)
                : () -> sidecar.lockCheckpoint(hold, 5);
        assertThrows(StoreTimeoutException.class, lock::run);
        child.kill();
        lock.run();
      }
    }
    sidecar.unlock(hold);
    sidecar.release();
  }

  @Test
  void aByteIsFreeWhenItsHolderWasThrownOut() {
    Sidecar sidecar = open();
    Hold thrownOut = new Hold();
    sidecar.lockAttach(thrownOut, NO_WAIT);
    sidecar.lockCheckpoint(thrownOut, NO_WAIT);
    Hold next = new Hold();
    assertThrows(StoreTimeoutException.class, () -> sidecar.lockAttach(next, 1));
    assertFalse(sidecar.tryLockCheckpoint(next));
    thrownOut.isOver = true;
    sidecar.lockAttach(next, NO_WAIT);
    assertTrue(sidecar.tryLockCheckpoint(next));
    sidecar.unlock(thrownOut); // which has nothing to give back any more
    assertFalse(sidecar.tryLockCheckpoint(new Hold()));
    sidecar.unlock(next);
    assertTrue(sidecar.tryLockCheckpoint(new Hold()));
    Hold late = new Hold();
    late.isOver = true;
    assertThrows(StoreTimeoutException.class, () -> sidecar.lockAttach(late, 1));
    sidecar.release();
  }

  @Test
  void anotherProcessGetsTheByteOfAThreadThatWasThrownOut() {
    Sidecar sidecar = open();
    Hold thrownOut = new Hold();
    sidecar.lockAttach(thrownOut, NO_WAIT);
    thrownOut.isOver = true;
    sidecar.settleHolds();
    holder("attach").close();
    sidecar.release();
  }

  @Test
  void readersExcludeWhoWantsToBeAlone() {
    Sidecar sidecar = open();
    assertTrue(sidecar.tryLockReadersAlone());
    assertFalse(sidecar.tryLockReadersAlone());
    assertThrows(StoreTimeoutException.class, () -> sidecar.lockReader(1));
    sidecar.unlockReadersAlone();
    sidecar.lockReader(NO_WAIT);
    sidecar.lockReader(NO_WAIT);
    sidecar.unlockReader();
    assertFalse(sidecar.tryLockReadersAlone());
    sidecar.unlockReader();
    assertTrue(sidecar.tryLockReadersAlone());
    sidecar.unlockReadersAlone();
    try (ChildJvm child = holder("reader")) {
      assertFalse(sidecar.tryLockReadersAlone());
      sidecar.lockReader(NO_WAIT);
      sidecar.unlockReader();
      child.kill();
    }
    assertTrue(sidecar.tryLockReadersAlone());
    sidecar.release();
  }

  @Test
  void aHashStoreAndASyncStoreExcludeEachOther() {
    Sidecar sidecar = open();
    StoreLockedException e =
        assertThrows(
            StoreLockedException.class, () -> StoreFile.open(path, false, 1 << 20).close());
    assertTrue(e.getMessage().contains("as a SyncStore"), e.getMessage());
    assertTrue(sidecar.tryLockSlot(0));
    try (ChildJvm child = ChildJvm.start(Holder.class, path, "hash")) {
      String refusal = child.readLine();
      assertTrue(refusal.startsWith("StoreLockedException"), refusal);
    }
    assertTrue(sidecar.isSlotLocked(0));
    sidecar.release();
    try (StoreFile file = StoreFile.open(path, false, 1 << 20)) {
      e = assertThrows(StoreLockedException.class, this::open);
      assertTrue(e.getMessage().contains("as a HashStore"), e.getMessage());
      assertEquals(100, file.length());
    }
    try (ChildJvm child = holder("hash")) {
      e = assertThrows(StoreLockedException.class, this::open);
      assertTrue(e.getMessage().contains("owner={pid=" + child.pid()), e.getMessage());
    }
    open().release();
  }

  /** Loads the classes of the project anew. */
  private static final class OtherLoader extends URLClassLoader {
    OtherLoader() throws MalformedURLException {
      super(urls(), ClassLoader.getPlatformClassLoader());
    }

    private static URL[] urls() throws MalformedURLException {
      String[] entries = ChildJvm.classPath().split(File.pathSeparator);
      URL[] urls = new URL[entries.length];
      for (int i = 0; i < entries.length; i++) {
        urls[i] = Path.of(entries[i]).toUri().toURL();
      }
      return urls;
    }
  }

  @Test
  void anotherClassLoaderOfThisJvmIsRefusedAndDropsNoLock() throws Exception {
    Sidecar sidecar = open();
    assertTrue(sidecar.tryLockSlot(3)); // not the one that the other would try first
    try (OtherLoader loader = new OtherLoader()) {
      Class<?> other = loader.loadClass(Sidecar.class.getName());
      assertNotSame(Sidecar.class, other);
      InvocationTargetException e =
          assertThrows(
              InvocationTargetException.class,
              () -> other.getMethod("open", Path.class, boolean.class).invoke(null, path, false));
      assertEquals(StoreLockedException.class.getName(), e.getCause().getClass().getName());
      assertTrue(
          e.getCause().getMessage().contains("through another class loader"),
          e.getCause().getMessage());
    }
    // The kernel still has the lock: another process sees it.
    try (ChildJvm child = ChildJvm.start(Holder.class, path, "hash")) {
      String refusal = child.readLine();
      assertTrue(refusal.startsWith("StoreLockedException"), refusal);
    }
    sidecar.release();
  }

  @Test
  void aReadOnlyOpenerThatMayNotMakeTheSidecarIsTold() throws IOException {
    // A name that only the sidecar cannot have, for a user whom permissions do not stop.
    Path longName = directory.toRealPath().resolve("n".repeat(253));
    StoreException e = assertThrows(StoreException.class, () -> Sidecar.open(longName, true));
    assertTrue(e.getMessage().contains("lock file"), e.getMessage());
    e = assertThrows(StoreException.class, () -> Sidecar.open(longName, false));
    assertTrue(e.getMessage().contains("cannot write the lock file"), e.getMessage());

    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assumeFalse(Files.isWritable(directory), "permissions are not enforced for this user");
      e = assertThrows(StoreException.class, () -> Sidecar.open(path, true));
      assertTrue(e.getMessage().contains("lock file of the store is missing"), e.getMessage());
    } finally {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @Test
  void nothingStaysInTheSidecarOfAClosedStore() throws IOException {
    Sidecar sidecar = open();
    sidecar.lockAttach(new Hold(), NO_WAIT);
    sidecar.tryLockSlot(0);
    sidecar.release();
    byte[] bytes = Files.readAllBytes(directory.resolve("a.tph.lock"));
    assertArrayEquals(new byte[bytes.length], bytes);
  }

  /** As if of another container; nobody here can know whether it lives. */
  private void writeNoteOfAnotherWorld(Path lockFile, long run) throws IOException {
    FileThread.call(
        () -> {
          LockedFile file = LockedFile.make(lockFile);
          ProcessIdentity self = ProcessIdentity.current();
          new LockNotes(file, new ProcessIdentity(self.pid(), self.start(), self.world() + 2), run)
              .add(LockNotes.ALONE);
          file.close();
          return null;
        });
  }

  @Test
  void aNoteOfAnotherWorldWhoseLockStaysFreeIsDeleted() throws IOException {
    Path lockFile = directory.toRealPath().resolve("a.tph.lock");
    writeNoteOfAnotherWorld(lockFile, 0);
    open().release(); // after the grace
    byte[] bytes = Files.readAllBytes(lockFile);
    assertArrayEquals(new byte[bytes.length], bytes);
  }

  @Test
  void aNoteOfAnotherWorldWhoseLockIsHeldKeepsOthersOut() throws IOException {
    // One that vouches for its run is no less alive for that.
    writeNoteOfAnotherWorld(directory.toRealPath().resolve("a.tph.lock"), otherRun());
    try (ChildJvm child = holder("row")) {
      StoreLockedException e = assertThrows(StoreLockedException.class, this::open);
      assertTrue(e.getMessage().contains("owner={pid="), e.getMessage());
      child.kill();
    }
    open().release();
  }

  private long otherRun() {
    return MachineRun.of(path) + 2;
  }

  private int doubtful() throws IOException {
    return FileThread.call(
        () -> {
          SidecarFile file = SidecarFile.open(path, SidecarFile.Use.ALONE, false);
          int count = file.doubtful(false).size();
          file.close();
          return count;
        });
  }

  /** As of a HashStore that was open when the power failed. */
  @Test
  void aNoteOfARunThatHasEndedIsInNobodysWay() throws IOException {
    assumeTrue(MachineRun.of(path) != 0, "nobody here can vouch for his run");
    Path lockFile = directory.toRealPath().resolve("a.tph.lock");
    writeNoteOfAnotherWorld(lockFile, 0);
    assertEquals(1, doubtful());
    Files.delete(lockFile);
    writeNoteOfAnotherWorld(lockFile, otherRun());
    try (ChildJvm child = holder("row")) {
      assertEquals(1, doubtful(), "somebody has taken the row, and not written to it yet");
      child.kill();
    }
    assertEquals(0, doubtful());
  }
}
