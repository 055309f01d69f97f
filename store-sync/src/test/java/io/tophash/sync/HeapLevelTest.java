package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.ChildJvm;
import io.tophash.sync.format.CacheLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that are kept on the heap are those of the file, whoever changes them. */
@Tag("contract")
class HeapLevelTest {
  private static final int KEYS = 50;

  @TempDir Path dir;

  private static SyncStoreBuilder<String, String> builder() {
    return SyncStore.builder(Codecs.utf8(), Codecs.utf8())
        .shards(1)
        .windowBytes(4 << 20)
        .maxSegmentBytes(4_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 8, 40, 1_000})
  void aValueIsTheOneThatTheFileHas(int capacity) {
    Random random = new Random(capacity);
    Map<String, String> model = new HashMap<>();
    Path path = dir.resolve("store.tph");
    try (SyncStore<String, String> reader = builder().heapEntries(capacity).open(path);
        SyncStore<String, String> writer = builder().open(path)) {
      for (int i = 0; i < 60_000; i++) {
        String key = "k" + random.nextInt(random.nextInt(200) + 1);
        SyncStore<String, String> store = random.nextBoolean() ? reader : writer;
        switch (random.nextInt(40)) {
          case 0:
            assertEquals(model.remove(key), store.remove(key));
            break;
          case 1:
            String value = "v" + i + "x".repeat(random.nextInt(30) == 0 ? 9_000 : i % 90);
            assertEquals(model.put(key, value), store.put(key, value));
            break;
          case 2:
            // Makes segments come and go.
            String filler = "filler" + random.nextInt(2_000);
            store.merge(filler, "f".repeat(200), (a, b) -> null);
            break;
          case 3:
            if (random.nextInt(500) == 0) {
              writer.clear();
              model.clear();
            } else if (random.nextInt(500) == 0) {
              writer.force();
            }
            break;
          default:
            assertEquals(model.get(key), reader.get(key));
        }
      }
      model.forEach((key, value) -> assertEquals(value, reader.get(key)));
      assertTrue(writer.stats().rebuilds() > 100, () -> "" + writer.stats().rebuilds());
      assertTrue(reader.verify().isClean());
    }
  }

  @Test
  void aHitReadsNothingAndReturnsTheSameObject() {
    AtomicInteger reads = new AtomicInteger();
    Codec<String> counting =
        Codecs.immutable(
            Codec.of(
                "counting",
                text -> text.getBytes(StandardCharsets.UTF_8),
                bytes -> {
                  reads.incrementAndGet();
                  return new String(bytes, StandardCharsets.UTF_8);
                }));
    try (SyncStore<String, String> store =
        SyncStore.builder(Codecs.utf8(), counting).heapEntries(100).openTemporary()) {
      store.set("k", "v");
      String first = store.get("k");
      for (int i = 0; i < 1_000; i++) {
        assertSame(first, store.get("k"));
        assertSame(first, store.getOrDefault("k", "other"));
      }
      assertEquals(1, reads.get());
      store.set("k", "w");
      assertEquals("w", store.get("k"));
      store.delete("k");
      assertNull(store.get("k"));
      store.set("k", "v");
      assertEquals("v", store.get("k"));
      assertNotSame(first, store.get("k"), "it was read anew");
    }
  }

  @Test
  void whatIsAskedForAgainAndAgainStaysBesideAWalk() {
    try (SyncStore<String, String> store = builder().heapEntries(64).openTemporary()) {
      for (int i = 0; i < 2_000; i++) {
        store.set("k" + i, "v" + i);
      }
      int same = 0;
      for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 2_000; i++) {
          store.get("k" + i);
          String hot = store.get("k7");
          same += hot == store.get("k7") ? 1 : 0;
        }
      }
      assertTrue(same > 20 * 2_000 - 100, "same=" + same);
    }
  }

  @Test
  void mutableObjectsAreNobodysButTheCallers() {
    try (SyncStore<byte[], byte[]> store =
        SyncStore.builder(Codecs.bytes(), Codecs.bytes()).heapEntries(10).openTemporary()) {
      byte[] key = {1, 2, 3};
      store.set(key, new byte[] {10});
      for (int i = 0; i < 5; i++) {
        byte[] value = store.get(key);
        assertArrayEquals(new byte[] {10}, value);
        value[0] = 99;
      }
      byte[] reused = key.clone();
      assertArrayEquals(new byte[] {10}, store.get(reused));
      reused[0] = 7;
      assertNull(store.get(reused), "another key by now");
      assertArrayEquals(new byte[] {10}, store.get(key));
    }
    try (SyncStore<String, ByteBuffer> store =
        SyncStore.builder(Codecs.utf8(), Codecs.byteBuffer()).heapEntries(10).openTemporary()) {
      store.set("k", ByteBuffer.wrap(new byte[] {1, 2}));
      for (int i = 0; i < 5; i++) {
        assertEquals(1, store.get("k").get());
        store.get("k").put(0, (byte) 9);
      }
    }
  }

  @Test
  void badUse() {
    assertThrows(IllegalArgumentException.class, () -> builder().heapEntries(-1));
    SyncStore<String, String> store = builder().heapEntries(3).openTemporary();
    store.set("k", "v");
    store.get("k");
    assertThrows(NullPointerException.class, () -> store.get(null));
    store.close();
    assertThrows(IllegalStateException.class, () -> store.get("k"));
    try (SyncStore<Long, Long> small =
        SyncStore.builder(Codecs.int64(), Codecs.int64()).heapEntries(3).openTemporary()) {
      small.set(1L, 2L);
      assertEquals(2L, small.get(1L));
      small.set(1L, 3L);
      assertEquals(3L, small.get(1L));
    }
  }

  @Test
  void aReadOnlyStoreHasOneToo() {
    Path path = dir.resolve("store.tph");
    try (SyncStore<String, String> writer = builder().open(path)) {
      writer.set("k", "v");
      try (SyncStore<String, String> reader = builder().readOnly(true).heapEntries(10).open(path)) {
        assertSame(reader.get("k"), reader.get("k"));
        writer.set("k", "w");
        assertEquals("w", reader.get("k"));
      }
    }
  }

  @Test
  void aHitOnTheHeapKeepsAnEntryInACache() {
    try (CacheStore<String, byte[]> cache =
        CacheStore.builder(Codecs.utf8(), Codecs.bytes())
            .maxEntries(1_000)
            .heapEntries(2_000)
            .openTemporary()) {
      for (int i = 0; i < 100; i++) {
        cache.store().set("hot" + i, value(i));
      }
      for (int i = 0; i < 10_000; i++) {
        cache.store().set("cold" + i, value(i));
        cache.store().get("hot" + i % 100);
      }
      for (int i = 0; i < 100; i++) {
        assertArrayEquals(value(i), cache.store().get("hot" + i));
      }
    }
  }

  @Test
  void theEndOfAnEntryIsPartOfItsValue() {
    try (CacheStore<String, byte[]> cache =
        CacheStore.builder(Codecs.utf8(), Codecs.bytes()).heapEntries(10).openTemporary()) {
      byte[] value = value(1);
      cache.store().set("k", value);
      assertArrayEquals(value, cache.store().get("k"));
      assertArrayEquals(value, cache.store().get("k"));
      assertTrue(cache.expire("k", value, 5));
      byte[] moved = cache.store().get("k");
      assertEquals(5, ByteBuffer.wrap(moved).order(ByteOrder.LITTLE_ENDIAN).getLong());
    }
  }

  private static byte[] value(int number) {
    return ByteBuffer.allocate(20)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(CacheLayout.NEVER)
        .putInt(number)
        .array();
  }

  // --- several processes ------------------------------------------------------------------------

  /** Counts keys up, and says so after each; every now and then it makes segments move. */
  static final class Counter {
    private Counter() {}

    /** Arguments: the store. */
    public static void main(String[] args) {
      Random random = new Random(1);
      try (SyncStore<String, String> store = builder().open(Path.of(args[0]))) {
        for (int n = 1; ; n++) {
          String key = "k" + random.nextInt(KEYS);
          if (random.nextInt(5) == 0) {
            store.delete(key);
          }
          store.set(key, n + ":" + "x".repeat(random.nextInt(40) == 0 ? 9_000 : 20));
          System.out.println(key + " " + n);
          store.merge("filler" + random.nextInt(1_000), "f".repeat(100), (a, b) -> null);
        }
      }
    }
  }

  /** How often a value was older than what another process had said before it was read. */
  private static int stale(SyncStore<String, String> store, Path path, int lines) {
    int stale = 0;
    Map<String, Integer> said = new HashMap<>();
    try (ChildJvm child = ChildJvm.start(Counter.class, path)) {
      for (int i = 0; i < lines; i++) {
        String[] line = child.readLine().split(" ");
        int number = Integer.parseInt(line[1]);
        said.put(line[0], number);
        String value = store.get(line[0]);
        // The process may have gone on by now: then the key is absent, or has a later number.
        stale += value != null && number(value) < number ? 1 : 0;
        String other = "k" + i % KEYS;
        value = store.get(other);
        stale += value != null && number(value) < said.getOrDefault(other, 0) ? 1 : 0;
      }
    }
    return stale;
  }

  private static int number(String value) {
    return Integer.parseInt(value.substring(0, value.indexOf(':')));
  }

  @Test
  void noValueIsOlderThanWhatAnotherProcessHasFinished() {
    Path path = dir.resolve("store.tph");
    try (SyncStore<String, String> store = builder().heapEntries(100).open(path)) {
      assertEquals(0, stale(store, path, 20_000));
      assertTrue(store.verify().isClean());
    }
    Path blind = dir.resolve("blind.tph");
    try (SyncStore<String, String> store =
        BlindStores.open(builder(), Codecs.utf8(), Codecs.utf8(), blind, 100)) {
      assertFalse(stale(store, blind, 20_000) == 0, "a level that looks at nothing is not found");
    }
  }
}
