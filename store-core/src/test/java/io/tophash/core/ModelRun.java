package io.tophash.core;

import static io.tophash.core.testing.Stores.assertClean;
import static io.tophash.core.testing.Stores.assertSame;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.tophash.core.codec.Codec;
import io.tophash.core.hash.KeyHash;
import io.tophash.core.testing.CallerBuffers;
import io.tophash.core.testing.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Random operations on a store and on a {@link HashMap}; every answer must be the same. */
final class ModelRun<K, V> implements AutoCloseable {
  private static final int VALUES = 10;

  private final Kind<K, V> kind;
  private final Path path;
  private final KeyHash.Factory hashes;
  private final long windowBytes;
  private final Random random;
  private final Map<K, V> model = new HashMap<>();
  private final int domain;
  private HashStore<K, V> store;

  ModelRun(Kind<K, V> kind, Path path, KeyHash.Factory hashes, long windowBytes, long seed) {
    this.kind = kind;
    this.path = path;
    this.hashes = hashes;
    this.windowBytes = windowBytes;
    this.random = new Random(seed);
    this.domain = hashes.name().equals("constant") ? Math.min(100, kind.domain()) : kind.domain();
    store = open(false);
  }

  private HashStore<K, V> open(boolean readOnly) {
    return HashStore.builder(kind.keys(), kind.values())
        .hashes(hashes)
        .windowBytes(windowBytes)
        .expectedEntries(random.nextInt(2) * random.nextInt(domain))
        .readOnly(readOnly)
        .open(path);
  }

  private K key() {
    return kind.key().apply(random.nextInt(domain));
  }

  private V value() {
    return kind.value().apply(random.nextInt(VALUES));
  }

  /** One phase: growing, shrinking or steady, then a full comparison and a verification. */
  void phase(int operations) {
    int insertShare = new int[] {15, 45, 75}[random.nextInt(3)];
    for (int i = 0; i < operations; i++) {
      if (random.nextInt(100) < insertShare) {
        insertLike(random.nextInt(8));
      } else if (random.nextInt(3) == 0) {
        readLike(random.nextInt(6));
      } else {
        removeLike(random.nextInt(9));
      }
      assertEquals(model.size(), store.size());
    }
    rareOperations();
    assertClean(store);
    assertSame(model, store);
    assertEquals(model, store);
    assertEquals(model.hashCode(), store.hashCode());
  }

  private void insertLike(int operation) {
    K key = key();
    V value = value();
    switch (operation) {
      case 0 -> {
        store.set(key, value);
        model.put(key, value);
      }
      case 1 -> assertEquals(model.putIfAbsent(key, value), store.putIfAbsent(key, value));
      case 2 ->
          assertEquals(
              model.compute(key, (k, v) -> v == null ? value : null),
              store.compute(key, (k, v) -> v == null ? value : null));
      case 3 ->
          assertEquals(model.merge(key, value, (a, b) -> b), store.merge(key, value, (a, b) -> b));
      case 4 ->
          assertEquals(
              model.computeIfAbsent(key, k -> value), store.computeIfAbsent(key, k -> value));
      case 5 -> {
        Map<K, V> some = Map.of(key, value);
        model.putAll(some);
        store.putAll(some);
      }
      default -> assertEquals(model.put(key, value), store.put(key, value));
    }
  }

  private void removeLike(int operation) {
    K key = key();
    V value = value();
    switch (operation) {
      case 0 -> assertEquals(model.remove(key) != null, store.delete(key));
      case 1 -> assertEquals(model.remove(key, value), store.remove(key, (Object) value));
      case 2 -> assertEquals(model.replace(key, value), store.replace(key, value));
      case 3 -> {
        V expected = value();
        assertEquals(model.replace(key, expected, value), store.replace(key, expected, value));
      }
      case 4 ->
          assertEquals(
              model.computeIfPresent(key, (k, v) -> v.equals(value) ? null : value),
              store.computeIfPresent(key, (k, v) -> v.equals(value) ? null : value));
      case 5 -> {
        model.merge(key, value, (a, b) -> null);
        store.merge(key, value, (a, b) -> null);
      }
      case 6 -> assertEquals(model.keySet().remove(key), store.keySet().remove(key));
      default -> assertEquals(model.remove(key), store.remove(key));
    }
  }

  private void readLike(int operation) {
    K key = key();
    V value = value();
    switch (operation) {
      case 0 -> assertEquals(model.getOrDefault(key, value), store.getOrDefault(key, value));
      case 1 -> assertEquals(model.containsKey(key), store.containsKey(key));
      case 2 -> getAll();
      case 3 -> getInto(key);
      case 4 ->
          assertEquals(
              model.entrySet().contains(Map.entry(key, value)),
              store.entrySet().contains(Map.entry(key, value)));
      default -> assertEquals(model.get(key), store.get(key));
    }
  }

  private void getAll() {
    List<K> wanted = new ArrayList<>();
    Map<K, V> expected = new HashMap<>();
    for (int i = random.nextInt(100); i > 0; i--) {
      K key = key();
      wanted.add(key);
      if (model.containsKey(key)) {
        expected.put(key, model.get(key));
      }
    }
    assertEquals(expected, store.getAll(wanted));
  }

  private void getInto(K key) {
    V expected = model.get(key);
    Codec<V> codec = kind.values();
    int size = expected == null ? -1 : codec.size(expected);
    ByteBuffer buffer =
        ByteBuffer.allocate(Math.max(0, size) + 3).order(ByteOrder.LITTLE_ENDIAN).position(3);
    assertEquals(size, store.getInto(key, buffer));
    byte[] direct = new byte[5 + Math.max(0, size)];
    assertEquals(size, store.getInto(key, CallerBuffers.over(direct), 5));
    if (expected == null) {
      assertEquals(3, buffer.position());
    } else {
      assertEquals(expected, codec.read(buffer.flip().position(3)));
      ByteBuffer copy = ByteBuffer.wrap(direct).order(ByteOrder.LITTLE_ENDIAN).position(5);
      assertEquals(expected, codec.read(copy));
    }
  }

  private void rareOperations() {
    V value = value();
    assertEquals(model.containsValue(value), store.containsValue(value));
    switch (random.nextInt(7)) {
      case 0 -> {
        store.clear();
        model.clear();
      }
      case 1 -> store.compact();
      case 2 -> removeByIterator();
      case 3 -> setByEntry(value);
      case 4 -> {
        store.replaceAll((k, v) -> v.equals(value) ? kind.value().apply(3) : v);
        model.replaceAll((k, v) -> v.equals(value) ? kind.value().apply(3) : v);
      }
      case 5 -> reopenReadOnly();
      default -> reopen();
    }
  }

  private void removeByIterator() {
    for (Iterator<Map.Entry<K, V>> i = store.entrySet().iterator(); i.hasNext(); ) {
      Map.Entry<K, V> entry = i.next();
      assertEquals(model.get(entry.getKey()), entry.getValue());
      if (random.nextInt(3) == 0) {
        i.remove();
        model.remove(entry.getKey());
        assertNull(store.get(entry.getKey()));
      }
    }
  }

  private void setByEntry(V value) {
    for (Map.Entry<K, V> entry : store.entrySet()) {
      if (random.nextInt(3) == 0) {
        assertEquals(model.put(entry.getKey(), value), entry.setValue(value));
      }
    }
  }

  private void reopen() {
    if (random.nextBoolean()) {
      store.force();
    }
    store.close();
    store = open(false);
  }

  private void reopenReadOnly() {
    store.close();
    try (HashStore<K, V> reader = open(true)) {
      assertClean(reader);
      assertSame(model, reader);
    }
    store = open(false);
  }

  @Override
  public void close() {
    store.close();
    try (HashStore<K, V> again = open(true)) {
      assertSame(model, again);
      assertClean(again);
    }
  }
}
