package io.tophash.sync.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tophash.core.crash.CrashHook;
import io.tophash.core.testing.FileWords;
import io.tophash.sync.Durability;
import io.tophash.sync.LongSyncStore;
import io.tophash.sync.SyncStore;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.RegionLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All who wait while a batch is written have the next one together. */
@Tag("hook")
@Tag("race")
class SharedBatchTest {
  private static final int THREADS = 24;

  @TempDir Path directory;

  /** Stops its thread where it has gathered a batch, once. */
  private static final class Held implements CrashHook.Tracer {
    final CountDownLatch gathered = new CountDownLatch(1);
    final CountDownLatch goesOn = new CountDownLatch(1);

    @Override
    public void reached(String point) {
      if (point.equals("log.gathered")) {
        gathered.countDown();
        try {
          goesOn.await();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
    }

    @Override
    public void storing(long position, int length, boolean release) {}

    @Override
    public void fence() {}
  }

  private long batches(Path file) throws IOException {
    return FileWords.get(file, RegionLayout.EPOCHS + EpochLayout.LOG_FLUSHES);
  }

  @Test
  void theyAreWokenAndThereAreTwoBatches() throws Exception {
    Path file = directory.resolve("a.tph");
    try (LongSyncStore store = SyncStore.longs().durability(Durability.EACH_CHANGE).open(file)) {
      for (long key = 0; key <= THREADS; key++) {
        store.set(key, -1);
      }
      long before = batches(file);
      Held held = new Held();
      Thread first =
          new Thread(
              () -> {
                CrashHook.trace(held);
                store.set(0, 0);
              });
      first.start();
      held.gathered.await();
      List<Thread> others = new ArrayList<>();
      for (long key = 1; key <= THREADS; key++) {
        long k = key;
        Thread other = new Thread(() -> store.set(k, k));
        others.add(other);
        other.start();
        while (other.getState() != Thread.State.TIMED_WAITING) {
          Thread.onSpinWait(); // it has logged its change, and sleeps
        }
      }
      held.goesOn.countDown();
      first.join();
      for (Thread other : others) {
        other.join();
      }
      assertEquals(before + 2, batches(file));
      for (long key = 0; key <= THREADS; key++) {
        assertEquals(key, store.get(key));
      }
    }
  }
}
