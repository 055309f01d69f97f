package io.tophash.core.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.StoreMap;
import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One rule in all views: objects are the same iff their encoded bytes are. Every object that a view
 * is asked for is a copy that went through its codec, so nothing here depends on identity.
 */
public abstract class ViewsCases {
  private static final int ENTRIES = 30;

  /** Opens a temporary store. */
  protected abstract <K, V> StoreMap<K, V> open(Codec<K> keys, Codec<V> values);

  private static byte[] twoBytes(int i) {
    return new byte[] {(byte) i, (byte) (i >> 8)};
  }

  static Stream<Kind<?, ?>> kinds() {
    // Arrays, and what else is equal only to itself, by ready-made codecs and by others.
    Codec<Object> opaque =
        Codec.of("opaque", o -> ((Opaque) o).bytes.clone(), bytes -> new Opaque(bytes));
    return Stream.concat(
        Kind.all().stream().filter(kind -> kind.largest() < 1 << 20),
        Stream.of(
            new Kind<>(
                "bytes-bytes",
                Codecs.bytes(),
                Codecs.bytes(),
                99,
                2,
                ViewsCases::twoBytes,
                ViewsCases::twoBytes),
            new Kind<>(
                "long-bytes",
                Codecs.int64(),
                Codecs.bytes(),
                99,
                2,
                i -> (long) i,
                ViewsCases::twoBytes),
            new Kind<>(
                "opaque-opaque",
                opaque,
                opaque,
                99,
                2,
                i -> new Opaque(twoBytes(i)),
                i -> new Opaque(twoBytes(i))),
            new Kind<>(
                "number-enum",
                Codec.of("number", BigInteger::toByteArray, BigInteger::new),
                Codecs.enumOf(Thread.State.class),
                99,
                2,
                BigInteger::valueOf,
                i -> Thread.State.values()[i % 6])));
  }

  /** Has neither equals nor hashCode. */
  private static final class Opaque {
    final byte[] bytes;

    Opaque(byte[] bytes) {
      this.bytes = bytes;
    }
  }

  private static <T> T copy(Codec<T> codec, T object) {
    ByteBuffer bytes = ByteBuffer.allocate(codec.size(object)).order(ByteOrder.LITTLE_ENDIAN);
    codec.write(object, bytes);
    return codec.read(bytes.flip().order(ByteOrder.LITTLE_ENDIAN));
  }

  /** What a test needs of one kind. Value {@code i % 3} belongs to key {@code i}. */
  private static final class Subject<K, V> {
    final Kind<K, V> kind;

    Subject(Kind<K, V> kind) {
      this.kind = kind;
    }

    K key(int i) {
      return copy(kind.keys(), kind.key().apply(i));
    }

    V value(int j) {
      return copy(kind.values(), kind.value().apply(j % 3));
    }

    boolean valuesDiffer() {
      return kind.largest() > 0;
    }

    Entry<K, V> entry(int i, int j) {
      return new java.util.AbstractMap.SimpleEntry<>(key(i), value(j));
    }

    void fill(Map<K, V> map) {
      for (int i = 0; i < ENTRIES; i++) {
        map.put(key(i), value(i));
      }
    }

    List<Object> keys(int from, int to) {
      List<Object> keys = new ArrayList<>();
      for (int i = from; i < to; i++) {
        keys.add(key(i));
      }
      return keys;
    }

    List<Object> entries(int from, int to) {
      List<Object> entries = new ArrayList<>();
      for (int i = from; i < to; i++) {
        entries.add(entry(i, i));
      }
      return entries;
    }
  }

  /** A collection that refuses to say what it contains, and holds what no store does. */
  private static Collection<?> unasked(List<Object> objects) {
    objects.add(null);
    objects.add(new StringBuilder("of another type"));
    objects.add(new java.util.AbstractMap.SimpleEntry<>(null, null));
    return new AbstractList<>() {
      @Override
      public Object get(int index) {
        return objects.get(index);
      }

      @Override
      public int size() {
        return objects.size();
      }

      @Override
      public boolean contains(Object object) {
        throw new AssertionError("a list takes long to say, and goes by another rule");
      }
    };
  }

  private <K, V> StoreMap<K, V> filled(Subject<K, V> subject) {
    StoreMap<K, V> store = open(subject.kind.keys(), subject.kind.values());
    subject.fill(store);
    assertEquals(ENTRIES, store.size());
    return store;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  <K, V> void whatIsContainedCanBeRemoved(Kind<K, V> kind) {
    Subject<K, V> s = new Subject<>(kind);
    try (StoreMap<K, V> store = filled(s)) {
      assertTrue(store.keySet().contains(s.key(4)));
      assertTrue(store.values().contains(s.value(1)));
      assertTrue(store.containsValue(s.value(2)));
      assertTrue(store.entrySet().contains(s.entry(5, 5)));
      assertEquals(!s.valuesDiffer(), store.entrySet().contains(s.entry(5, 6)));
      assertFalse(store.entrySet().contains(new Object()));
      assertFalse(store.keySet().contains(s.key(ENTRIES)));
      if (s.valuesDiffer()) {
        assertFalse(store.entrySet().remove(s.entry(5, 6)));
      }
      assertTrue(store.entrySet().remove(s.entry(5, 5)));
      assertFalse(store.entrySet().remove(s.entry(5, 5)));
      assertTrue(store.keySet().remove(s.key(4)));
      assertFalse(store.keySet().remove(s.key(4)));
      assertTrue(store.remove(s.key(7), (Object) s.value(7)));
      assertTrue(store.replace(s.key(8), s.value(8), s.value(1)));
      // Last, as it may meet any key with such a value.
      assertTrue(store.values().remove(s.value(0)));
      assertEquals(ENTRIES - 4, store.size());
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  <K, V> void removeAllRemovesWhatIsThere(Kind<K, V> kind) {
    Subject<K, V> s = new Subject<>(kind);
    try (StoreMap<K, V> store = filled(s)) {
      // A collection smaller than the store, and a larger one.
      assertTrue(store.keySet().removeAll(unasked(s.keys(0, 5))));
      assertEquals(25, store.size());
      assertFalse(store.keySet().removeAll(unasked(s.keys(ENTRIES, ENTRIES + 40))));
      assertTrue(store.keySet().removeAll(unasked(s.keys(0, 50).subList(5, 50))));
      assertEquals(0, store.size());
      s.fill(store);
      assertTrue(store.entrySet().removeAll(unasked(s.entries(0, 5))));
      assertFalse(store.entrySet().removeAll(unasked(s.entries(0, 5))));
      assertTrue(store.entrySet().removeAll(unasked(s.entries(0, 40))));
      assertEquals(0, store.size());
      s.fill(store);
      List<Object> one = new ArrayList<>(List.of(s.value(1)));
      assertTrue(store.values().removeAll(unasked(one)));
      assertEquals(s.valuesDiffer() ? 20 : 0, store.size());
      assertFalse(store.values().removeAll(List.of(s.value(1))));
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  <K, V> void retainAllKeepsWhatIsTheSame(Kind<K, V> kind) {
    Subject<K, V> s = new Subject<>(kind);
    try (StoreMap<K, V> store = filled(s)) {
      assertFalse(store.keySet().retainAll(unasked(s.keys(0, ENTRIES))));
      assertFalse(store.entrySet().retainAll(unasked(s.entries(0, ENTRIES))));
      assertFalse(
          store
              .values()
              .retainAll(unasked(new ArrayList<>(List.of(s.value(0), s.value(1), s.value(2))))));
      assertEquals(ENTRIES, store.size());
      assertTrue(store.keySet().retainAll(unasked(s.keys(6, 50))));
      assertEquals(24, store.size());
      assertTrue(store.entrySet().retainAll(unasked(s.entries(12, 50))));
      assertEquals(18, store.size());
      if (s.valuesDiffer()) {
        assertTrue(store.values().retainAll(unasked(new ArrayList<>(List.of(s.value(2))))));
        assertEquals(6, store.size());
      }
      assertTrue(store.keySet().retainAll(List.of()));
      assertTrue(store.isEmpty());
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  <K, V> void equalContentsAreEqualAndHaveOneHashCode(Kind<K, V> kind) {
    Subject<K, V> s = new Subject<>(kind);
    try (StoreMap<K, V> store = filled(s);
        StoreMap<K, V> other = filled(s)) {
      assertEquals(store.hashCode(), store.hashCode());
      assertEquals(store.hashCode(), other.hashCode());
      assertEquals(store.keySet().hashCode(), other.keySet().hashCode());
      assertEquals(store.entrySet().hashCode(), other.entrySet().hashCode());
      assertEquals(store, other);
      assertEquals(store.keySet(), other.keySet());
      assertEquals(store.entrySet(), other.entrySet());
      Entry<K, V> entry = store.entrySet().iterator().next();
      for (Entry<K, V> same : other.entrySet()) {
        assertEquals(
            kind.keys().size(entry.getKey()) >= 0
                && other.keySet().size() == ENTRIES
                && java.util.Arrays.equals(bytes(kind, entry.getKey()), bytes(kind, same.getKey())),
            entry.equals(same));
        if (entry.equals(same)) {
          assertEquals(entry.hashCode(), same.hashCode());
        }
      }
      Map<K, V> model = new HashMap<>();
      s.fill(model);
      assertTrue(store.equals(model));
      assertTrue(store.keySet().equals(model.keySet()));
      assertTrue(store.entrySet().equals(model.entrySet()));
      if (new HashMap<>(model).equals(otherModel(s))) {
        assertEquals(model.hashCode(), store.hashCode());
      }
      other.remove(s.key(3));
      assertNotEquals(store, other);
      assertNotEquals(store.keySet(), other.keySet());
      other.put(s.key(ENTRIES + 1), s.value(3));
      assertNotEquals(store, other);
      assertNotEquals(store.entrySet(), other.entrySet());
    }
  }

  private static <K> byte[] bytes(Kind<K, ?> kind, K key) {
    ByteBuffer bytes = ByteBuffer.allocate(kind.keys().size(key)).order(ByteOrder.LITTLE_ENDIAN);
    kind.keys().write(key, bytes);
    return bytes.array();
  }

  private static <K, V> Map<K, V> otherModel(Subject<K, V> s) {
    Map<K, V> model = new HashMap<>();
    s.fill(model);
    return model;
  }

  @Test
  void aKeyThatIsThereTwiceDoesNotStandForAnother() {
    try (StoreMap<byte[], Long> store = open(Codecs.bytes(), Codecs.int64())) {
      store.put(new byte[] {1}, 5L);
      store.put(new byte[] {2}, 5L);
      Map<byte[], Long> twice = new IdentityHashMap<>();
      twice.put(new byte[] {1}, 5L);
      twice.put(new byte[] {1}, 5L);
      assertFalse(store.equals(twice));
      assertFalse(store.keySet().equals(twice.keySet()));
      twice.put(new byte[] {2}, 5L);
      assertFalse(store.equals(twice));
    }
  }

  @Test
  void otherTypesAreNotEqual() {
    try (StoreMap<String, String> store = open(Codecs.utf8(), Codecs.utf8());
        StoreMap<Long, Long> longs = open(Codecs.int64(), Codecs.int64())) {
      assertEquals(store, longs);
      store.put("1", "1");
      longs.put(1L, 1L);
      assertNotEquals(store, longs);
      assertNotEquals(store, Map.of(1, 1));
      assertNotEquals(store.keySet(), Set.of(1));
      assertNotEquals(store, new Object());
      assertFalse(store.entrySet().iterator().next().equals(Map.entry(1, "1")));
    }
  }

  @Test
  void aLongTextIsCutShort() {
    try (StoreMap<Long, String> store = open(Codecs.int64(), Codecs.utf8())) {
      assertEquals("{}", store.toString());
      for (long i = 0; i < 100; i++) {
        store.put(i, "v");
      }
      assertFalse(store.toString().contains("more"), store::toString);
      for (long i = 100; i < 1_000; i++) {
        store.put(i, "v");
      }
      for (Object view : List.of(store, store.entrySet(), store.keySet(), store.values())) {
        String text = view.toString();
        assertTrue(text.contains(", ... 900 more"), text);
        assertEquals(100, text.split(", ").length - 1, text);
      }
      store.replaceAll((key, value) -> "v".repeat(3_000));
      String text = store.toString();
      assertTrue(text.contains(", ... 996 more}"), text);
    }
  }
}
