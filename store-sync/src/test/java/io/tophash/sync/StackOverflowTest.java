package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.StoreMap;
import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.StackOverflowCases;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A {@code SyncStore} at the end of the stack. */
@Tag("contract")
@Tag("full")
class StackOverflowTest extends StackOverflowCases {
  @Override
  protected StoreMap<String, byte[]> openRecords() {
    return SyncStore.builder(Codecs.utf8(), Codecs.bytes()).shards(4).openTemporary();
  }

  @Override
  protected StoreMap<Long, Long> openLongs() {
    return SyncStore.builder(Codecs.int64(), Codecs.int64()).shards(4).openTemporary();
  }

  /** Goes down to the end of the stack and runs an action at each frame on the way back. */
  private static int dive(Runnable action, int[] left) {
    int thrown;
    try {
      thrown = dive(action, left);
    } catch (StackOverflowError e) {
      thrown = 0;
    }
    if (left[0] > 0) {
      try {
        left[0]--;
        action.run();
      } catch (RuntimeException | Error e) {
        thrown++;
      }
    }
    return thrown;
  }

  private static int diveOnSmallStack(Runnable action, int times) throws InterruptedException {
    int[] thrown = {-1};
    int[] left = {times};
    Thread thread = new Thread(null, () -> thrown[0] = dive(action, left), "dive", 256 << 10);
    thread.start();
    thread.join();
    return thrown[0];
  }

  // An opening behind one that was thrown out waits for seconds.
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  @Test
  void forceAndCloseHoldNothingAfterwards(@TempDir Path directory) throws InterruptedException {
    Path path = directory.resolve("store.tph");
    try (LongSyncStore store = open(path)) {
      long[] next = {0};
      store.force();
      int thrown =
          diveOnSmallStack(
              () -> {
                store.put(next[0]++, 1);
                store.force();
              },
              150);
      assertTrue(thrown > 3, () -> "thrown=" + thrown);
      long before = store.stats().checkpoint().number();
      store.put(-1, 1);
      store.force();
      assertTrue(store.stats().checkpoint().number() > before);
    }
    // At each fifth frame: an opening waits where the one before it was thrown out.
    int[] frame = {0};
    int thrown =
        diveOnSmallStack(
            () -> {
              if (frame[0]++ % 5 == 0) {
                open(path).close();
              }
            },
            100);
    assertTrue(thrown > 3, () -> "thrown=" + thrown);
    try (LongSyncStore store = open(path)) {
      assertTrue(store.containsKey(-1));
      assertTrue(store.verify().isClean());
      store.put(-2, 1);
      store.force();
    }
  }

  private static LongSyncStore open(Path path) {
    return SyncStore.longs().shards(4).lockTimeout(Duration.ofSeconds(5)).open(path);
  }
}
