package io.tophash.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.Stores;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Threads that use a store without any order: a change is made whole or refused before its first
 * store, lookups disturb none, and the store stays intact.
 */
@Tag("fast")
@Timeout(120)
@Tag("race")
class UnsynchronisedUseTest {
  private static final int WRITERS = 3;
  private static final int OPERATIONS = 60_000;

  private final AtomicLong refused = new AtomicLong();

  /** Each writer has keys of its own, so it knows what is there. */
  private Map<String, byte[]> write(HashStore<String, byte[]> store, int writer) {
    Random random = new Random(writer);
    Map<String, byte[]> model = new HashMap<>();
    for (int i = 0; i < OPERATIONS; i++) {
      String key = writer + "-" + random.nextInt(2_000);
      byte[] value = new byte[random.nextInt(200)];
      random.nextBytes(value);
      try {
        switch (random.nextInt(8)) {
          case 0:
            store.remove(key);
            model.remove(key);
            break;
          case 1:
            store.delete(key);
            model.remove(key);
            break;
          case 2:
            byte[] previous = store.put(key, value);
            byte[] expected = model.put(key, value);
            assertArrayEquals(expected, previous);
            break;
          case 3:
            if (store.remove(key, (Object) value)) {
              assertArrayEquals(value, model.remove(key));
            }
            break;
          default:
            store.set(key, value);
            model.put(key, value);
        }
      } catch (ConcurrentModificationException e) {
        refused.incrementAndGet();
      }
    }
    return model;
  }

  /** Reads what it likes; what it gets is worth nothing. */
  private static Void read(HashStore<String, byte[]> store, AtomicBoolean over) {
    Random random = new Random(99);
    while (!over.get()) {
      String key = random.nextInt(WRITERS) + "-" + random.nextInt(2_000);
      try {
        store.get(key);
        store.containsKey(key);
        store.getAll(List.of(key, "absent"));
        int[] most = {100};
        store.range((k, v) -> most[0]-- > 0);
      } catch (RuntimeException e) {
        // A lookup beside a change may throw anything.
      }
    }
    return null;
  }

  @Test
  void theStoreStaysIntact() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(WRITERS + 1);
    AtomicBoolean over = new AtomicBoolean();
    try (HashStore<String, byte[]> store =
        HashStore.builder(Codecs.utf8(), Codecs.bytes()).windowBytes(1 << 20).openTemporary()) {
      List<Future<Map<String, byte[]>>> writers = new ArrayList<>();
      Future<Void> reader = threads.submit((Callable<Void>) () -> read(store, over));
      for (int i = 0; i < WRITERS; i++) {
        int writer = i;
        writers.add(threads.submit(() -> write(store, writer)));
      }
      Map<String, byte[]> model = new HashMap<>();
      for (Future<Map<String, byte[]>> writer : writers) {
        model.putAll(writer.get());
      }
      over.set(true);
      reader.get();
      assertTrue(refused.get() > 0, "nothing was done at the same time");
      Stores.assertClean(store);
      assertEquals(model.size(), store.size());
      model.forEach((key, value) -> assertArrayEquals(value, store.get(key), key));
    } finally {
      over.set(true);
      threads.shutdown();
    }
  }
}
