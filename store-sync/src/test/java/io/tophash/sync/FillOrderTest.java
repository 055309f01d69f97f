package io.tophash.sync;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import io.tophash.core.crash.InMemoryDirectory;
import io.tophash.core.errors.StoreFullException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many entries are stored in the order of the file: seen from a fill that finds no more room, which
 * leaves the first ones of this order, whatever the order of the map.
 */
@Tag("contract")
class FillOrderTest {
  private static final int MANY = 17_000;

  @TempDir(factory = InMemoryDirectory.class)
  Path dir;

  private <K, V> void fillInOrder(
      Codec<K> keys, Codec<V> values, int many, LongFunction<K> key, V value, long maxBytes) {
    try (SyncStore<K, V> store =
        SyncStore.builder(keys, values)
            .windowBytes(1 << 20)
            .shards(8)
            .maxBytes(maxBytes)
            .open(dir.resolve("order.tph"))) {
      Map<K, V> entries = new LinkedHashMap<>();
      for (long i = 0; i < many; i++) {
        entries.put(key.apply(i), value);
      }
      assertThrows(StoreFullException.class, () -> store.putAll(entries));
      List<K> absent = new ArrayList<>(entries.keySet());
      absent.removeIf(store::containsKey);
      assertTrue(absent.size() > many / 20 && absent.size() < many, "absent=" + absent.size());
      long first = absent.stream().mapToLong(k -> part(store, k)).min().orElseThrow();
      for (K present : store.keySet()) {
        assertTrue(part(store, present) <= first, "an entry behind the first one without room");
      }
      assertTrue(store.verify().isClean());
    }
  }

  private static <K> long part(SyncStore<K, ?> store, K key) {
    return store.fillOrder(key) >>> 52;
  }

  @Test
  void records() {
    fillInOrder(Codecs.utf8(), Codecs.bytes(), MANY, i -> "key-" + i, new byte[100], 2 << 20);
  }

  @Test
  void numbersAsObjects() {
    fillInOrder(Codecs.int64(), Codecs.int64(), 100_000, i -> i, 1L, 1 << 20);
  }

  @Test
  void ofEqualKeysTheLaterOneStaysInEachPiece() {
    // 42 MB: two pieces. As objects no two of these keys are equal.
    Map<byte[], byte[]> entries = new LinkedHashMap<>();
    for (int i = 0; i < MANY; i++) {
      byte[] value = new byte[2_500];
      Arrays.fill(value, (byte) (i / 3_000));
      entries.put(("key-" + i % 3_000).getBytes(UTF_8), value);
    }
    try (SyncStore<byte[], byte[]> store = OneShard.open(Codecs.bytes(), Codecs.bytes())) {
      store.putAll(entries);
      assertEquals(3_000, store.sizeLong());
      Map<String, byte[]> last = new LinkedHashMap<>();
      entries.forEach((key, value) -> last.put(new String(key, UTF_8), value));
      last.forEach((key, value) -> assertArrayEquals(value, store.get(key.getBytes(UTF_8))));
      assertTrue(store.verify().isClean());
    }
  }

  @Test
  void nullAmongManyIsRefused() {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    for (int i = 0; i < MANY; i++) {
      entries.put("key-" + i, new byte[8]);
    }
    entries.put("last", null);
    try (SyncStore<String, byte[]> store = OneShard.open(Codecs.utf8(), Codecs.bytes())) {
      assertThrows(NullPointerException.class, () -> store.putAll(entries));
      assertEquals(0, store.sizeLong(), "nothing of the piece");
      assertThrows(NullPointerException.class, () -> store.fillOrder(null));
      assertThrows(IllegalArgumentException.class, () -> store.fillOrder("k".repeat(1 << 17)));
    }
  }
}
