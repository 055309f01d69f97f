package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.CallerBuffers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Spliterator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the store offers beyond a map, and where concurrency shows in one thread already. */
@Tag("fast")
@Tag("contract")
class SyncStoreTest {
  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static SyncStore<String, String> strings(String... keysAndValues) {
    SyncStore<String, String> store = OneShard.open(Codecs.utf8(), Codecs.utf8());
    for (int i = 0; i < keysAndValues.length; i += 2) {
      store.set(keysAndValues[i], keysAndValues[i + 1]);
    }
    return store;
  }

  @Test
  void deleteTellsWhetherTheKeyWasThere() {
    try (SyncStore<String, String> store = strings("a", "1")) {
      assertTrue(store.delete("a"));
      assertFalse(store.delete("a"));
      assertEquals(0, store.sizeLong());
    }
  }

  @Test
  void getIntoFillsTheCallersByteBuffer() {
    try (SyncStore<String, String> store = strings("a", "value")) {
      ByteBuffer target = ByteBuffer.allocate(16).position(3);
      assertEquals(5, store.getInto("a", target));
      assertEquals(8, target.position());
      assertArrayEquals(utf8("value"), Arrays.copyOfRange(target.array(), 3, 8));
      assertEquals(-1, store.getInto("b", target));
      assertEquals(8, target.position());
      ByteBuffer small = ByteBuffer.allocateDirect(4);
      assertThrows(IllegalArgumentException.class, () -> store.getInto("a", small));
      assertEquals(0, small.position());
    }
  }

  @Test
  void getIntoFillsTheCallersAgronaBuffer() {
    try (SyncStore<String, String> store = strings("a", "value")) {
      byte[] array = new byte[12];
      for (boolean transparent : new boolean[] {true, false}) {
        Arrays.fill(array, (byte) 0);
        var target = transparent ? CallerBuffers.over(array) : CallerBuffers.opaque(array);
        assertEquals(5, store.getInto("a", target, 2));
        assertArrayEquals(utf8("\0\0value\0\0\0\0\0"), array);
        assertEquals(-1, store.getInto("b", target, 0));
        assertThrows(IllegalArgumentException.class, () -> store.getInto("a", target, 8));
        assertThrows(IllegalArgumentException.class, () -> store.getInto("a", target, 13));
      }
    }
  }

  @Test
  void getAllHasThePresentKeysInTheirOrder() {
    try (SyncStore<String, String> store = strings("a", "1", "b", "2", "c", "3")) {
      Map<String, String> found = store.getAll(List.of("c", "x", "a"));
      assertEquals(List.of("c", "a"), List.copyOf(found.keySet()));
      assertEquals(Map.of("c", "3", "a", "1"), found);
      assertThrows(NullPointerException.class, () -> store.getAll(Arrays.asList("a", null)));
    }
  }

  @Test
  void rangeEndsWhereTheVisitorWants() {
    try (SyncStore<String, String> store = strings("a", "1", "b", "2", "c", "3")) {
      List<String> seen = new ArrayList<>();
      store.range((key, value) -> seen.add(key + value) && seen.size() < 2);
      assertEquals(2, seen.size());
      assertTrue(Set.of("a1", "b2", "c3").containsAll(seen));
    }
  }

  @Test
  void theVisitorMayChangeTheStore() {
    try (SyncStore<Long, Long> store = OneShard.open(Codecs.int64(), Codecs.int64())) {
      for (long i = 0; i < 3000; i++) {
        store.set(i, i);
      }
      Set<Long> seen = new HashSet<>();
      store.forEach(
          (key, value) -> {
            if (key < 3000) {
              assertTrue(seen.add(key), "no key twice");
              store.delete(key);
              store.put(3000 + key, -1L);
            }
          });
      assertEquals(3000, seen.size(), "each key that stays until it is reached is delivered");
    }
  }

  @Test
  void theFunctionRunsAgainIfAnotherCameBetween() {
    try (SyncStore<String, String> store = strings("a", "1")) {
      AtomicInteger runs = new AtomicInteger();
      String result =
          store.compute(
              "a",
              (key, value) -> {
                if (runs.incrementAndGet() <= 3) {
                  store.set("a", "other" + runs);
                }
                return value + "+";
              });
      assertEquals(4, runs.get());
      assertEquals("other3+", result);
      assertEquals("other3+", store.get("a"));
      assertEquals(
          "mine",
          store.computeIfAbsent(
              "b",
              key -> {
                assertNull(store.get(key));
                return "mine";
              }));
      assertEquals(
          "theirs",
          store.computeIfAbsent(
              "c",
              key -> {
                store.set(key, "theirs");
                return "mine";
              }));
    }
  }

  @Test
  void compoundOperationsRemoveWhatTheFunctionAnswersWithNull() {
    try (SyncStore<String, String> store = strings("a", "1", "b", "2", "c", "3")) {
      assertNull(store.compute("a", (key, value) -> null));
      assertNull(store.computeIfPresent("b", (key, value) -> null));
      assertNull(store.merge("c", "x", (old, value) -> null));
      assertNull(store.compute("d", (key, value) -> value));
      assertNull(store.computeIfAbsent("d", key -> null));
      assertNull(store.computeIfPresent("d", (key, value) -> "never"));
      assertTrue(store.isEmpty());
      assertEquals("new", store.merge("d", "new", (old, value) -> "never"));
      assertEquals("new!", store.merge("d", "!", String::concat));
      store.replaceAll((key, value) -> key + value);
      assertEquals("dnew!", store.get("d"));
      assertThrows(NullPointerException.class, () -> store.replaceAll((key, value) -> null));
      assertThrows(NullPointerException.class, () -> store.merge("d", null, String::concat));
      assertThrows(NullPointerException.class, () -> store.compute(null, (key, value) -> value));
    }
  }

  /** A function may change the object that it got: it is the caller's. */
  @Test
  void aFunctionMayChangeTheValueThatItWasGiven() {
    try (SyncStore<Long, byte[]> store = OneShard.open(Codecs.int64(), Codecs.bytes())) {
      store.set(1L, new byte[] {1});
      byte[] result =
          store.compute(
              1L,
              (key, value) -> {
                value[0]++;
                return value;
              });
      assertArrayEquals(new byte[] {2}, result);
      assertArrayEquals(new byte[] {2}, store.get(1L));
      store.replaceAll(
          (key, value) -> {
            value[0]++;
            return value;
          });
      assertArrayEquals(new byte[] {3}, store.get(1L));
      assertTrue(store.values().removeIf(value -> value[0]++ == 3));
    }
  }

  /** Sets may be written in any order: what is read is not written again as the same bytes. */
  @Test
  void compoundOperationsNeedNoCanonicalValues() {
    AtomicInteger serial = new AtomicInteger();
    Codec<String> salted =
        Codec.of(
            "salted",
            text -> utf8(serial.incrementAndGet() + ":" + text),
            bytes -> new String(bytes, StandardCharsets.UTF_8).replaceFirst("\\d+:", ""));
    try (SyncStore<Long, String> store = OneShard.open(Codecs.int64(), salted)) {
      store.set(1L, "a");
      assertEquals("ab", store.compute(1L, (key, value) -> value + "b"));
      assertEquals("abc", store.merge(1L, "c", String::concat));
      assertTrue(store.values().removeIf("abc"::equals));
    }
  }

  @Test
  void valuesAreComparedByTheirBytes() {
    try (SyncStore<Long, byte[]> store = OneShard.open(Codecs.int64(), Codecs.bytes())) {
      store.set(1L, new byte[] {1, 2});
      assertTrue(store.containsValue(new byte[] {1, 2}));
      assertTrue(store.entrySet().contains(Map.entry(1L, new byte[] {1, 2})));
      assertFalse(store.replace(1L, new byte[] {1}, new byte[] {3}));
      assertTrue(store.replace(1L, new byte[] {1, 2}, new byte[] {3}));
      assertFalse(store.remove(1L, new byte[] {1, 2}));
      assertTrue(store.values().remove(new byte[] {3}));
      assertTrue(store.isEmpty());
    }
  }

  /** The entry is looked at, then changed by another one: it must not go. */
  @Test
  void whatIsRemovedBecauseOfItsValueStillHasThatValue() {
    try (SyncStore<String, String> store = strings("a", "old")) {
      assertFalse(
          store
              .values()
              .removeIf(
                  value -> {
                    store.set("a", "new");
                    return value.equals("old");
                  }));
      assertEquals("new", store.get("a"));
      assertFalse(store.entrySet().remove(Map.entry("a", "old")));
      assertFalse(store.entrySet().removeAll(List.of(Map.entry("a", "old"))));
      assertTrue(store.entrySet().retainAll(Set.of(Map.entry("a", "other"))));
      assertTrue(store.isEmpty());
    }
  }

  @Test
  void anIteratorRemovesAndWritesThrough() {
    try (SyncStore<String, String> store = strings("a", "1", "b", "2")) {
      Iterator<Map.Entry<String, String>> entries = store.entrySet().iterator();
      assertThrows(IllegalStateException.class, entries::remove);
      Map.Entry<String, String> first = entries.next();
      String old = first.getValue();
      assertEquals(old, first.setValue("x"));
      assertEquals("x", first.getValue());
      assertEquals("x", store.get(first.getKey()));
      String second = entries.next().getKey();
      entries.remove();
      assertThrows(IllegalStateException.class, entries::remove);
      assertFalse(store.containsKey(second));
      assertFalse(entries.hasNext());
      assertFalse(entries.hasNext());
    }
  }

  @Test
  void spliteratorsPromiseWhatConcurrencyAllows() {
    try (SyncStore<String, String> store = strings("a", "1", "b", "2", "c", "2")) {
      int concurrent = Spliterator.CONCURRENT | Spliterator.NONNULL;
      int distinct = concurrent | Spliterator.DISTINCT;
      assertEquals(distinct, store.keySet().spliterator().characteristics());
      assertEquals(distinct, store.entrySet().spliterator().characteristics());
      assertEquals(concurrent, store.values().spliterator().characteristics());
      assertEquals(
          Set.of("a", "b", "c"), store.keySet().parallelStream().collect(Collectors.toSet()));
      assertEquals(5, store.values().stream().mapToInt(Integer::parseInt).sum());
    }
  }

  @Test
  void equalsHashCodeAndTextAreThoseOfAMap() {
    try (SyncStore<String, String> store = strings("a", "1", "b", "2")) {
      assertEquals(Map.of("a", "1", "b", "2"), store);
      assertEquals(store, Map.of("a", "1", "b", "2"));
      assertEquals(Map.of("a", "1", "b", "2").hashCode(), store.hashCode());
      store.delete("b");
      assertEquals("{a=1}", store.toString());
    }
  }
}
