package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.errors.IncompatibleStoreException;
import io.tophash.sync.format.CacheLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bounds, ends and evictions of a cache store, against a map of what was stored last. */
@Tag("contract")
@Tag("fast")
class CacheStoreTest {
  @TempDir Path dir;
  private final AtomicLong now = new AtomicLong(1_000_000);

  private CacheStoreBuilder<String, byte[]> builder() {
    return CacheStore.builder(Codecs.utf8(), Codecs.bytes()).clock(now::get);
  }

  private static byte[] value(long expires, int bytes, Random random) {
    byte[] value = new byte[CacheLayout.PREFIX_BYTES + bytes];
    random.nextBytes(value);
    ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).putLong(0, expires);
    return value;
  }

  private static byte[] forEver(int bytes, Random random) {
    return value(CacheLayout.NEVER, bytes, random);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 10, 100, 1_000, 5_000})
  void thereAreNeverMoreEntriesThanTheBound(long bound) {
    Random random = new Random(bound);
    Map<String, byte[]> last = new HashMap<>();
    Path path = dir.resolve("cache.tph");
    try (CacheStore<String, byte[]> cache = builder().maxEntries(bound).open(path)) {
      SyncStore<String, byte[]> store = cache.store();
      for (int i = 0; i < 30_000; i++) {
        String key = "k" + random.nextInt(10_000);
        switch (random.nextInt(4)) {
          case 0:
            assertRight(last, key, store.get(key));
            break;
          case 1:
            assertRight(last, key, store.remove(key));
            last.remove(key);
            break;
          default:
            byte[] value = forEver(random.nextInt(200), random);
            assertRight(last, key, store.put(key, value));
            last.put(key, value);
            assertArrayEquals(value, store.get(key), "what was stored last is there");
        }
        assertTrue(store.sizeLong() <= bound, () -> store.sizeLong() + " entries");
      }
      assertTrue(store.sizeLong() >= Math.max(1, bound * 6 / 10), () -> "" + store.sizeLong());
      assertTrue(cache.evictedCount() > 0);
      assertEquals(0, cache.rejectedCount());
      assertEquals(store.sizeLong(), store.entrySet().stream().count());
      assertTrue(store.verify().isClean(), () -> store.verify().toString());
    }
    try (CacheStore<String, byte[]> cache = builder().maxEntries(1 << 20).open(path)) {
      assertEquals(bound, cache.maxEntries(), "the file's bound counts");
      cache.store().forEach((key, value) -> assertRight(last, key, value));
    }
  }

  private static void assertRight(Map<String, byte[]> last, String key, byte[] value) {
    if (value != null) {
      assertArrayEquals(last.get(key), value, "an older value came back");
    }
  }

  @Test
  void anOddBoundIsKeptAsWell() throws Exception {
    long bound = 5_000_001;
    Path path = dir.resolve("cache.tph");
    try (CacheStore<String, byte[]> cache = builder().maxBytes(bound).open(path)) {
      for (int i = 0; i < 8_000; i++) {
        cache.store().set("k" + i, forEver(1_000, new Random(i)));
        assertTrue(Files.size(path) <= bound);
      }
      assertTrue(Files.size(path) > bound / 2 && cache.evictedCount() > 0);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 1_000, 3_000, 20_000, 200_000, 3_000_000})
  void theFileNeverTakesMoreThanTheBound(int largest) throws Exception {
    long bound = 4 << 20;
    Random random = new Random(largest);
    Map<String, byte[]> last = new HashMap<>();
    Path path = dir.resolve("cache.tph");
    try (CacheStore<String, byte[]> cache = builder().maxBytes(bound).open(path)) {
      SyncStore<String, byte[]> store = cache.store();
      long written = 0;
      int lost = 0;
      int puts = 0;
      for (int i = 0; i < 60_000 && written < 20 * bound; i++) {
        String key = "k" + random.nextInt(20_000);
        if (random.nextInt(8) == 0) {
          assertRight(last, key, store.remove(key));
          last.remove(key);
          continue;
        }
        // Of all sizes, and most of them small.
        byte[] value = forEver(random.nextInt(1 + random.nextInt(largest)), random);
        written += value.length;
        assertRight(last, key, store.put(key, value));
        last.put(key, value);
        byte[] present = store.get(key);
        assertTrue(present == null || Arrays.equals(present, value));
        assertTrue(Files.size(path) <= bound);
        assertTrue(cache.usedBytes() <= bound);
        assertTrue(value.length > 4_000 || present != null, "what is small is always kept");
        lost += present == null ? 1 : 0;
        puts++;
      }
      assertEquals(lost, cache.rejectedCount());
      // Of what is larger than about a shard's share none is kept.
      assertTrue(largest > 1_000_000 || lost <= puts / 1_000, lost + " of " + puts);
      long payload = 0;
      for (Map.Entry<String, byte[]> entry : store.entrySet()) {
        assertRight(last, entry.getKey(), entry.getValue());
        payload += entry.getKey().length() + entry.getValue().length - 8;
      }
      // Of values that take an extent each a few more or less are much.
      long least = largest == 20 || largest > 1_000_000 ? 0 : bound / (largest > 100_000 ? 8 : 4);
      assertTrue(payload > least, "payload=" + payload);
      assertTrue(store.verify().isClean(), () -> store.verify().toString());
    }
  }

  @Test
  void entriesThatAreOverGoWithTheSweep() {
    Random random = new Random(1);
    try (CacheStore<String, byte[]> cache = builder().openTemporary()) {
      SyncStore<String, byte[]> store = cache.store();
      for (int i = 0; i < 5_000; i++) {
        int bytes = i % 100 == 0 ? 10_000 : 50;
        store.put("k" + i, value(now.get() + 1_000 + i % 10 * 1_000, bytes, random));
      }
      cache.sweep(0);
      assertEquals(5_000, store.sizeLong());
      now.addAndGet(5_000);
      cache.sweep(0);
      assertEquals(2_500, store.sizeLong());
      assertEquals(2_500, cache.expiredCount());
      assertEquals(0, cache.evictedCount());
      now.addAndGet(3_000);
      cache.sweep(10_000);
      assertEquals(2_500, store.sizeLong(), "swept just now");
      now.addAndGet(10_000);
      cache.sweep(10_000);
      assertEquals(0, store.sizeLong());
      assertTrue(store.verify().isClean(), () -> store.verify().toString());
    }
  }

  @Test
  void theEndChangesInPlace() {
    Random random = new Random(1);
    try (CacheStore<String, byte[]> cache = builder().openTemporary()) {
      for (int bytes : new int[] {10, 100, 4_000, 10_000}) {
        byte[] value = value(2_000_000, bytes, random);
        cache.store().put("k", value);
        assertTrue(cache.expire("k", value, 3_000_000));
        assertFalse(cache.expire("k", value, 4_000_000), "it is another by now");
        assertFalse(cache.expire("other", value, 4_000_000));
        byte[] moved = cache.store().get("k");
        assertEquals(3_000_000, ByteBuffer.wrap(moved).order(ByteOrder.LITTLE_ENDIAN).getLong());
        assertArrayEquals(
            Arrays.copyOfRange(value, 8, value.length), Arrays.copyOfRange(moved, 8, moved.length));
        assertFalse(cache.store().replace("k", value, value), "compared with its end");
        assertTrue(cache.store().replace("k", moved, value));
        assertTrue(cache.store().verify().isClean());
      }
    }
  }

  @Test
  void aCopyIntoABufferIsTheWholeValue() {
    Random random = new Random(1);
    try (CacheStore<String, byte[]> cache = builder().openTemporary()) {
      for (int bytes : new int[] {0, 10, 100, 4_084, 5_000, 20_000}) {
        byte[] value = forEver(bytes, random);
        cache.store().put("k", value);
        for (ByteBuffer target :
            new ByteBuffer[] {
              ByteBuffer.allocate(30_000).position(5), ByteBuffer.allocateDirect(30_000).position(5)
            }) {
          assertEquals(value.length, cache.store().getInto("k", target));
          assertEquals(5 + value.length, target.position());
          byte[] copy = new byte[value.length];
          target.flip().position(5).get(copy);
          assertArrayEquals(value, copy);
        }
        assertThrows(
            IllegalArgumentException.class,
            () -> cache.store().getInto("k", ByteBuffer.allocate(value.length - 1)));
        assertTrue(cache.store().containsKey("k"));
        assertArrayEquals(value, cache.store().get("k"));
      }
    }
  }

  @Test
  void whatIsHitStaysAndWhatIsNotGoes() {
    Random random = new Random(1);
    try (CacheStore<String, byte[]> cache = builder().maxEntries(1_000).openTemporary()) {
      SyncStore<String, byte[]> store = cache.store();
      for (int i = 0; i < 500; i++) {
        store.put("hot" + i, forEver(20, random));
      }
      for (int i = 0; i < 20_000; i++) {
        store.put("cold" + i, forEver(20, random));
        store.get("hot" + i % 500);
        store.get("hot" + (i + 250) % 500);
      }
      int hot = 0;
      for (int i = 0; i < 500; i++) {
        hot += store.containsKey("hot" + i) ? 1 : 0;
      }
      assertTrue(hot > 490, "hot=" + hot);
    }
  }

  @Test
  void theBoundsCanBeChanged() throws Exception {
    Random random = new Random(1);
    Map<String, byte[]> last = new HashMap<>();
    Path path = dir.resolve("cache.tph");
    int number = 0;
    try (CacheStore<String, byte[]> cache = builder().maxBytes(16 << 20).open(path)) {
      SyncStore<String, byte[]> store = cache.store();
      for (long[] bounds :
          new long[][] {
            {16 << 20, Long.MAX_VALUE},
            {8 << 20, Long.MAX_VALUE},
            {8 << 20, 2_000},
            {4 << 20, 500},
            {32 << 20, 50_000},
            {Long.MAX_VALUE, 10_000},
            {6 << 20, Long.MAX_VALUE},
          }) {
        long length = Files.size(path);
        cache.resize(bounds[0], bounds[1]);
        // It is cut as far as what is left can be moved.
        assertTrue(Files.size(path) <= Math.max(length, bounds[0]));
        assertTrue(cache.usedBytes() <= bounds[0] && store.sizeLong() <= bounds[1]);
        assertEquals(bounds[0], cache.maxBytes());
        assertEquals(bounds[1], cache.maxEntries());
        long atMost = Math.max(bounds[0], Files.size(path));
        long before = store.sizeLong();
        for (int i = 0; i < 15_000; i++) {
          assertTrue(cache.usedBytes() <= bounds[0] && store.sizeLong() <= bounds[1]);
          String key = "k" + number++ % 60_000;
          byte[] value = forEver(random.nextInt(i % 500 == 0 ? 20_000 : 500), random);
          store.set(key, value);
          last.put(key, value);
          assertTrue(value.length > 4_000 || store.containsKey(key), key);
        }
        assertTrue(Files.size(path) <= atMost, "it is not made longer than the bound");
        assertTrue(
            store.sizeLong() > Math.min(before, bounds[1] * 6 / 10), () -> "" + store.sizeLong());
        store.forEach((key, value) -> assertRight(last, key, value));
        assertTrue(store.verify().isClean(), () -> store.verify().toString());
      }
    }
    try (CacheStore<String, byte[]> cache = builder().maxBytes(16 << 20).open(path)) {
      assertEquals(6 << 20, cache.maxBytes());
      cache.store().forEach((key, value) -> assertRight(last, key, value));
    }
    try (CacheStore<String, byte[]> cache = builder().readOnly(true).open(path)) {
      assertThrows(UnsupportedOperationException.class, () -> cache.resize(8 << 20, 100));
    }
  }

  @Test
  void boundsThatAreTooSmallAreRefusedAndChangeNothing() {
    try (CacheStore<String, byte[]> cache =
        builder().maxBytes(64 << 20).maxEntries(100_000).openTemporary()) {
      assertThrows(IllegalArgumentException.class, () -> cache.resize(2 << 20, 100_000));
      assertThrows(IllegalArgumentException.class, () -> cache.resize(64 << 20, 0));
      assertThrows(IllegalArgumentException.class, () -> cache.resize(64 << 20, -1));
      assertThrows(IllegalArgumentException.class, () -> cache.resize(64 << 20, 7));
      assertEquals(64 << 20, cache.maxBytes());
      assertEquals(100_000, cache.maxEntries());
    }
    CacheStore<String, byte[]> closed = builder().openTemporary();
    closed.close();
    assertThrows(IllegalStateException.class, () -> closed.resize(8 << 20, 100));
  }

  @Test
  void aListenerHearsOfEachEntryThatGoes() {
    Random random = new Random(1);
    Map<String, byte[]> last = new HashMap<>();
    try (CacheStore<String, byte[]> cache = builder().maxEntries(500).openTemporary()) {
      int[] heard = new int[2];
      cache.evictionListener(
          (key, value, expired) -> {
            heard[expired ? 1 : 0]++;
            assertArrayEquals(last.remove(new String(key)), value);
          });
      for (int i = 0; i < 3_000; i++) {
        byte[] value =
            value(now.get() + 100 + random.nextInt(1_000), i % 50 == 0 ? 9_000 : 30, random);
        last.put("k" + i, value);
        cache.store().put("k" + i, value);
        now.incrementAndGet();
      }
      now.addAndGet(2_000);
      cache.sweep(0);
      assertEquals(0, cache.store().sizeLong());
      assertEquals(Map.of(), last);
      assertTrue(heard[0] > 100 && heard[1] > 100, Arrays.toString(heard));
      assertEquals(3_000, heard[0] + heard[1]);
    }
  }

  @Test
  void absurdBoundsAndForeignFiles() {
    assertThrows(IllegalArgumentException.class, () -> builder().maxEntries(0));
    assertThrows(IllegalArgumentException.class, () -> builder().maxEntries(-1));
    assertThrows(IllegalArgumentException.class, () -> builder().maxBytes(0));
    assertThrows(IllegalArgumentException.class, () -> builder().maxBytes((2 << 20) - 1));
    Path cache = dir.resolve("cache.tph");
    builder().open(cache).close();
    assertTrue(
        assertThrows(
                IncompatibleStoreException.class,
                () -> SyncStore.builder(Codecs.utf8(), Codecs.bytes()).open(cache))
            .getMessage()
            .contains("TophashCache"));
    Path plain = dir.resolve("plain.tph");
    SyncStore.builder(Codecs.utf8(), Codecs.bytes()).open(plain).close();
    assertThrows(IncompatibleStoreException.class, () -> builder().open(plain));
    try (CacheStore<String, byte[]> open = builder().open(cache)) {
      assertThrows(IllegalArgumentException.class, () -> open.store().put("k", new byte[7]));
      assertNull(open.store().get("k"));
    }
  }

  @Test
  void aBackupIsACacheWithTheSameEntries() {
    Random random = new Random(1);
    Path copy = dir.resolve("copy.tph");
    Map<String, byte[]> all = new HashMap<>();
    try (CacheStore<String, byte[]> cache = builder().maxBytes(8 << 20).openTemporary()) {
      for (int i = 0; i < 2_000; i++) {
        all.put("k" + i, value(5_000_000 + i, i % 100 == 0 ? 9_000 : 40, random));
      }
      all.forEach(cache.store()::put);
      cache.store().backup(copy);
    }
    try (CacheStore<String, byte[]> cache = builder().open(copy)) {
      assertEquals(8 << 20, cache.maxBytes());
      assertEquals(2_000, cache.store().sizeLong());
      all.forEach((key, value) -> assertArrayEquals(value, cache.store().get(key)));
      cache.store().compact();
      all.forEach((key, value) -> assertArrayEquals(value, cache.store().get(key)));
      assertNotNull(cache.store().remove("k0"));
      assertTrue(cache.store().verify().isClean());
    }
  }
}
