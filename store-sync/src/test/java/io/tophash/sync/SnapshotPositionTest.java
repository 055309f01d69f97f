package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.crash.CrashHook;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A snapshot shows changes that are in the lanes and in no batch yet. A follower that goes on
 * behind them must not begin before they are durable: after a power cut others would stand in their
 * places, and he would pass these by.
 */
@Tag("hook")
@Tag("race")
class SnapshotPositionTest {
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

  private static long committed(SyncStore<String, String> store) {
    return store.changePosition().place().lanes()[0];
  }

  @Test
  void itIsGivenWhenAllThatIsShownIsDurable() throws Exception {
    try (SyncStore<String, String> store =
        SyncStore.builder(Codecs.utf8(), Codecs.utf8())
            .shards(1)
            .durability(Durability.EACH_CHANGE)
            .open(directory.resolve("a.tph"))) {
      store.set("key", "old");
      Held held = new Held();
      Thread writer =
          new Thread(
              () -> {
                CrashHook.trace(held);
                store.set("key", "new");
              });
      writer.start();
      held.gathered.await();
      try (SyncStore<String, String> then = store.snapshot()) {
        assertEquals("new", then.get("key"));
        FutureTask<Boolean> asked =
            new FutureTask<>(
                () -> {
                  long shown = then.changePosition().place().lanes()[0];
                  return shown <= committed(store);
                });
        Thread follower = new Thread(asked);
        follower.start();
        while (!asked.isDone() && follower.getState() != Thread.State.TIMED_WAITING) {
          Thread.onSpinWait();
        }
        held.goesOn.countDown();
        assertTrue(asked.get());
        writer.join();
      }
    }
  }
}
