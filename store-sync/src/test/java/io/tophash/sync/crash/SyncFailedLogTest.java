package io.tophash.sync.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.crash.CrashHook;
import io.tophash.core.errors.StoreException;
import io.tophash.sync.Durability;
import io.tophash.sync.crash.Target.Kind;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device that refuses a batch of the log, once. */
@Tag("hook")
@Tag("crash")
class SyncFailedLogTest {
  @TempDir Path directory;

  @AfterEach
  void endTrace() {
    CrashHook.trace(null);
  }

  @Test
  void isToldAtOnceAndEverAfterAndTheStoreStaysReadable() {
    Path file = directory.resolve("a.tph");
    Target<?, ?> target = Target.open(Kind.RECORDS, file, 2);
    target.store.durability(Durability.EACH_CHANGE);
    target.set(1, Target.sized(100, 1));
    CrashHook.trace(
        new CrashHook.Tracer() {
          private int left = 1;

          @Override
          public void reached(String point) {}

          @Override
          public void storing(long position, int length, boolean release) {}

          @Override
          public void fence() {}

          @Override
          public boolean refusesForce() {
            return --left == 0;
          }
        });
    StoreException e =
        assertThrows(StoreException.class, () -> target.set(2, Target.sized(100, 2)));
    CrashHook.trace(null);
    assertTrue(e.getMessage().contains("error (by a test)"), e::getMessage);
    for (int i = 3; i < 6; i++) {
      long key = i;
      StoreException again =
          assertThrows(StoreException.class, () -> target.set(key, Target.sized(100, 3)));
      assertTrue(again.getMessage().contains("backup"), again::getMessage);
    }
    assertThrows(StoreException.class, () -> target.delete(1));
    assertEquals(Target.sized(100, 1), target.get(1));
    target.store.backup(directory.resolve("backup.tph"));
    assertThrows(StoreException.class, target::close);
    Path copy = PoweredOff.copy(file, directory.resolve("off.tph"));
    try (Target<?, ?> rebooted = Target.open(Kind.RECORDS, copy, 2)) {
      assertEquals(Target.sized(100, 1), rebooted.get(1));
      rebooted.set(3, Target.sized(100, 3));
    }
  }
}
