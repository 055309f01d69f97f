package io.tophash.core;

import static io.tophash.core.testing.Stores.assertClean;
import static io.tophash.core.testing.Stores.assertSame;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import io.tophash.core.errors.StoreFullException;
import io.tophash.core.testing.TestHashes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** At every size limit, so at every allocation: a full store keeps all it has and goes on. */
@Tag("fault")
class SizeLimitTest {
  private static final int STEP = 1 << 14;

  @TempDir Path directory;

  private <V> HashStoreBuilder<Long, V> builder(Codec<V> values, boolean collide, long maxBytes) {
    return HashStore.builder(Codecs.int64(), values)
        .hashes(collide ? TestHashes.truncated(2, 8) : TestHashes.standard())
        .windowBytes(1 << 16)
        .maxBytes(maxBytes);
  }

  /** Raises the limit page by page until everything fits. */
  private <V> void atEveryLimit(Codec<V> values, boolean collide, int count, LongFunction<V> value)
      throws IOException {
    int fullStores = 0;
    boolean everythingFits = false;
    for (long limit = STEP; !everythingFits; limit += STEP) {
      Path path = directory.resolve("store" + limit);
      HashStore<Long, V> store;
      try {
        store = builder(values, collide, limit).open(path);
      } catch (StoreFullException e) {
        assertFalse(Files.exists(path));
        continue;
      }
      Map<Long, V> model = new HashMap<>();
      everythingFits = fill(store, model, count, value);
      assertTrue(Files.size(path) <= limit);
      if (!everythingFits) {
        fullStores++;
        goOn(store, model, count);
      }
      store.close();
      assertTrue(Files.size(path) <= limit);
      resume(path, model, values, collide, count, value);
      Files.delete(path);
    }
    assertTrue(fullStores > 5, "fullStores=" + fullStores);
  }

  private static <V> boolean fill(
      HashStore<Long, V> store, Map<Long, V> model, int count, LongFunction<V> value) {
    int refused = 0;
    for (long n = 0; n < count; n++) {
      try {
        store.put(n, value.apply(n));
        model.put(n, value.apply(n));
      } catch (StoreFullException e) {
        // Others of the next ones may still find room.
        if (++refused % 8 == 1) {
          assertSame(model, store);
          assertClean(store);
        }
        if (refused == 20) {
          return false;
        }
      }
    }
    return refused == 0;
  }

  /** What a full store still does. */
  private static <V> void goOn(HashStore<Long, V> store, Map<Long, V> model, int count) {
    List<Long> keys = new ArrayList<>(model.keySet());
    for (int i = 0; i < keys.size(); i += 7) {
      long key = keys.get(i);
      try {
        store.put(key, model.get(keys.get(0)));
        model.put(key, model.get(keys.get(0)));
      } catch (StoreFullException e) {
        assertTrue(store.engine.layout.indirectValues(), "an inline value needs no space");
      }
    }
    assertSame(model, store);
    assertClean(store);
    for (long key = 0; key < count; key++) {
      if (key % 3 != 0) {
        assertEquals(model.remove(key), store.remove(key));
      }
    }
    assertSame(model, store);
    assertClean(store);
  }

  /** With room again, everything can be written. */
  private <V> void resume(
      Path path,
      Map<Long, V> model,
      Codec<V> values,
      boolean collide,
      int count,
      LongFunction<V> value) {
    try (HashStore<Long, V> store = builder(values, collide, Long.MAX_VALUE).open(path)) {
      assertSame(model, store);
      for (long n = 0; n < count; n++) {
        assertEquals(model.put(n, value.apply(n)), store.put(n, value.apply(n)));
      }
      assertSame(model, store);
      assertClean(store);
    }
  }

  @Test
  void inlineEntries() throws IOException {
    atEveryLimit(Codecs.int64(), false, 4_000, n -> n);
  }

  @Test
  void inlineEntriesInLongChains() throws IOException {
    atEveryLimit(Codecs.int64(), true, 1_500, n -> n);
  }

  @Test
  void records() throws IOException {
    String[] texts = new String[6];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = "x".repeat(i * i * 40);
    }
    atEveryLimit(Codecs.utf8(), false, 600, n -> texts[(int) n % 6] + n);
  }

  @Test
  void recordsOfManySizes() throws IOException {
    Codec<String> codec = Codecs.utf8();
    String[] texts = new String[6];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = "x".repeat(10 + i * 5_000);
    }
    atEveryLimit(codec, true, 60, n -> texts[(int) n % 6] + n);
  }

  @Test
  void deletesMakeRoomForRecords() {
    String text = "x".repeat(3_000);
    try (HashStore<Long, String> store =
        builder(Codecs.utf8(), false, 1 << 20).open(directory.resolve("store"))) {
      long n = 0;
      while (true) {
        try {
          store.set(n, text);
          n++;
        } catch (StoreFullException e) {
          break;
        }
      }
      assertTrue(n > 100, "entries=" + n);
      for (int round = 0; round < 5; round++) {
        for (long key = round; key < n; key += 2) {
          store.remove(key);
        }
        for (long key = round; key < n; key += 2) {
          store.set(key + 1_000_000L * round, text);
          store.remove(key + 1_000_000L * round);
          store.set(key, text);
        }
        assertEquals(n, store.size());
        assertClean(store);
      }
    }
  }

  @Test
  void aClearMakesRoomForEverything() {
    try (HashStore<Long, Long> store =
        builder(Codecs.int64(), false, 1 << 18).open(directory.resolve("store"))) {
      Map<Long, Long> model = new HashMap<>();
      assertFalse(fill(store, model, 1_000_000, n -> n));
      int entries = model.size();
      for (int round = 0; round < 3; round++) {
        store.clear();
        model.clear();
        assertTrue(fill(store, model, entries / 2, n -> n));
        assertSame(model, store);
        assertClean(store);
      }
    }
  }
}
