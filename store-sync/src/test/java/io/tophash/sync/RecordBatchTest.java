package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tophash.core.codec.Codecs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Batches of records do what so many single operations do. */
@Tag("fast")
@Tag("contract")
class RecordBatchTest {
  private static final int KEYS = 3_000;

  private static String key(int i) {
    return "key-" + i;
  }

  @Test
  void aBatchReadsAndStoresWhatSingleOperationsWould() {
    try (SyncStore<String, byte[]> store = OneShard.open(Codecs.utf8(), Codecs.bytes())) {
      Random random = new Random(1);
      Map<String, byte[]> model = new LinkedHashMap<>();
      for (int round = 0; round < 60; round++) {
        Map<String, byte[]> more = new LinkedHashMap<>();
        int count = random.nextInt(100);
        for (int i = 0; i < count; i++) {
          String key = key(random.nextInt(KEYS));
          int bytes = 16 + random.nextInt(random.nextInt(10) == 0 ? 9_000 : 200);
          more.put(key, Described.value(key, round, bytes));
        }
        store.putAll(more);
        model.putAll(more);
        store.delete(key(round));
        model.remove(key(round));
        List<String> wanted = new ArrayList<>();
        for (int i = random.nextInt(200); i > 0; i--) {
          wanted.add(key(random.nextInt(KEYS)));
        }
        Map<String, byte[]> expected = new LinkedHashMap<>();
        for (String key : wanted) {
          if (model.containsKey(key)) {
            expected.put(key, model.get(key));
          }
        }
        Map<String, byte[]> found = store.getAll(wanted);
        assertEquals(List.copyOf(expected.keySet()), List.copyOf(found.keySet()));
        expected.forEach((key, value) -> assertArrayEquals(value, found.get(key)));
      }
      Described.verifyAtRest(store, model.size());
    }
  }

  @Test
  void entriesThatTheMapUsesAgainAreStoredWithTheirOwnValues() {
    try (SyncStore<String, byte[]> store = OneShard.open(Codecs.utf8(), Codecs.bytes())) {
      Map<String, byte[]> map = new IdentityHashMap<>();
      for (int i = 0; i < 100; i++) {
        map.put(key(i), Described.value(key(i), i, 20));
      }
      store.putAll(map);
      assertEquals(100, store.sizeLong());
      for (int i = 0; i < 100; i++) {
        assertEquals(i, Described.check(key(i), store.get(key(i))));
      }
    }
  }

  @Test
  void nullIsRefusedAndWhatCameBeforeItsBatchIsStored() {
    try (SyncStore<String, byte[]> store = OneShard.open(Codecs.utf8(), Codecs.bytes())) {
      store.set("a", new byte[1]);
      assertThrows(NullPointerException.class, () -> store.getAll(Arrays.asList("a", null)));
      Map<String, byte[]> map = new LinkedHashMap<>();
      for (int i = 0; i < 40; i++) {
        map.put(key(i), new byte[2]);
      }
      map.put("last", null);
      assertThrows(NullPointerException.class, () -> store.putAll(map));
      assertEquals(1 + 32, store.sizeLong());
      assertEquals(Map.of(), store.getAll(Collections.emptyList()));
    }
  }

  @Test
  void aClosedStoreRefusesBatches() {
    SyncStore<String, byte[]> store = OneShard.open(Codecs.utf8(), Codecs.bytes());
    store.close();
    assertThrows(IllegalStateException.class, () -> store.getAll(List.of("a")));
    assertThrows(IllegalStateException.class, () -> store.putAll(Map.of("a", new byte[1])));
  }
}
