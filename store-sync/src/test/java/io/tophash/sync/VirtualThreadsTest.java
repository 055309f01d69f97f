package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Many more threads than there are hazard words, each of which lives for a moment. */
@EnabledForJreRange(min = JRE.JAVA_21)
@Tag("race")
class VirtualThreadsTest {
  private static final int THREADS = 20_000;

  // By reflection, as the tests are compiled for Java 17.
  private static ExecutorService newExecutor() throws ReflectiveOperationException {
    return (ExecutorService)
        Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
  }

  @Test
  void countersAreExact() throws Exception {
    try (LongSyncStore longs = OneShard.longs(0);
        SyncStore<String, Long> map = OneShard.open(Codecs.utf8(), Codecs.int64())) {
      ExecutorService executor = newExecutor();
      List<Future<?>> tasks = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int key = i % 100;
        tasks.add(
            executor.submit(
                () -> {
                  longs.addAndGet(key, 1);
                  map.merge("k" + key, 1L, Long::sum);
                }));
      }
      executor.shutdown();
      assertTrue(executor.awaitTermination(60, TimeUnit.SECONDS));
      for (Future<?> task : tasks) {
        task.get();
      }
      for (int key = 0; key < 100; key++) {
        assertEquals(THREADS / 100, longs.get(key));
        assertEquals(THREADS / 100, map.get("k" + key));
      }
      assertTrue(longs.verify().isClean());
      assertTrue(map.verify().isClean());
    }
  }
}
