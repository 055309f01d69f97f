package io.tophash.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.errors.StoreLockedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An interrupt is the business of the caller: it breaks no store and is not swallowed. */
@Tag("contract")
class InterruptTest {
  @TempDir Path directory;

  @AfterEach
  void clearTheInterrupt() {
    Thread.interrupted();
  }

  private static void useOnce(Path path, int round) {
    try (StoreFile file = StoreFile.open(path, false, 1 << 24)) {
      MappedMemory memory = file.map(17);
      long end = 100_000 + 50_000 * (round % 8);
      file.ensureLength(end);
      file.ensureMapped(end);
      memory.putLong(64, 0, round);
      file.writeZeros(end - 10_000, 10_000);
      assertEquals(round, memory.getLong(64, 0));
      file.truncate(90_000);
      assertThrows(StoreLockedException.class, () -> StoreFile.open(path, false, 1).close());
      if (file.isNew()) {
        file.publish();
      }
    }
    try (StoreFile reader = StoreFile.open(path, true, 1)) {
      assertEquals(round, reader.map(17).getLong(64, 0));
      assertEquals(90_000, reader.length());
    }
  }

  @Test
  void aThreadWhoseInterruptIsPendingUsesAStoreAsAnyOther() {
    Path path = directory.resolve("a.tph");
    for (int round = 0; round < 50; round++) {
      Thread.currentThread().interrupt();
      useOnce(path, round);
      assertTrue(Thread.interrupted(), "the interrupt was swallowed");
    }
  }

  @Test
  void interruptsInTheMiddleOfAnythingBreakNothing() throws InterruptedException {
    AtomicBoolean done = new AtomicBoolean();
    Throwable[] failure = new Throwable[1];
    Thread user =
        new Thread(
            () -> {
              try {
                for (int round = 0; round < 150; round++) {
                  useOnce(directory.resolve("b.tph"), round);
                }
              } catch (Throwable e) {
                failure[0] = e;
              } finally {
                done.set(true);
              }
            });
    user.start();
    while (!done.get()) {
      user.interrupt();
      Thread.onSpinWait();
    }
    user.join();
    assertNull(failure[0], () -> String.valueOf(failure[0]));
  }

  @Test
  void anInterruptOfTheCallersThreadGroupDoesNotReachTheFileThread() throws IOException {
    ThreadGroup group = FileThread.call(() -> Thread.currentThread().getThreadGroup());
    assertNotNull(group);
    assertNull(group.getParent());
  }

  @Test
  void aFailureOnTheFileThreadIsThrownToTheCaller() {
    IOException checked = new IOException("a");
    assertEquals(
        checked,
        assertThrows(
            IOException.class,
            () ->
                FileThread.call(
                    () -> {
                      throw checked;
                    })));
    assertThrows(
        IllegalStateException.class,
        () ->
            FileThread.call(
                () -> {
                  throw new IllegalStateException();
                }));
    assertThrows(
        StackOverflowError.class,
        () ->
            FileThread.call(
                () -> {
                  throw new StackOverflowError();
                }));
  }
}
