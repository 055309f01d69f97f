package io.tophash.core;

import static io.tophash.core.testing.Stores.assertClean;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.errors.StoreFullException;
import io.tophash.core.errors.StoreLockedException;
import io.tophash.core.testing.ApiCalls;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opening, closing, and what every method does after it, or in an interrupted thread. */
@Tag("fast")
@Tag("contract")
class LifecycleTest {
  /** Methods that say something about a closed store, or return a view of it. */
  private static final Set<String> STILL_ANSWER =
      Set.of("close", "isClosed", "path", "missingValue", "asMap", "entrySet", "keySet", "values");

  @TempDir Path directory;

  private static HashStoreBuilder<Long, Long> longs() {
    return HashStore.builder(Codecs.int64(), Codecs.int64()).windowBytes(1 << 16);
  }

  private static void fill(Map<Long, Long> store, int count) {
    for (long n = 0; n < count; n++) {
      store.put(n, n);
    }
  }

  private static void assertRefusesAll(Object store) throws Throwable {
    int refused = 0;
    for (Method method : ApiCalls.methods(store.getClass())) {
      if (STILL_ANSWER.contains(method.getName())) {
        ApiCalls.call(store, method);
      } else {
        IllegalStateException e =
            assertThrows(
                IllegalStateException.class, () -> ApiCalls.call(store, method), method::toString);
        assertTrue(e.getMessage().startsWith("the store is closed"), e.getMessage());
        refused++;
      }
    }
    assertTrue(refused > 10, "refused=" + refused);
  }

  @Test
  void everyMethodIsRefusedAfterClose() throws Throwable {
    HashStore<Long, Long> store = longs().open(directory.resolve("store"));
    fill(store, 100);
    assertFalse(store.isClosed());
    store.close();
    assertTrue(store.isClosed());
    assertRefusesAll(store);
    for (Object view : new Object[] {store.entrySet(), store.keySet(), store.values()}) {
      assertThrows(IllegalStateException.class, () -> ((Iterable<?>) view).iterator());
      assertThrows(IllegalStateException.class, view::toString);
    }
    LongHashStore primitive = HashStore.longs().open(directory.resolve("primitive"));
    fill(primitive.asMap(), 100);
    primitive.close();
    assertTrue(primitive.isClosed() && primitive.asMap().isClosed());
    assertRefusesAll(primitive);
    assertRefusesAll(primitive.asMap());
  }

  @Test
  void anIteratorIsRefusedAfterClose() {
    HashStore<Long, Long> store = longs().open(directory.resolve("store"));
    fill(store, 100);
    Iterator<Map.Entry<Long, Long>> iterator = store.entrySet().iterator();
    Map.Entry<Long, Long> entry = iterator.next();
    store.close();
    assertThrows(IllegalStateException.class, iterator::hasNext);
    assertThrows(IllegalStateException.class, iterator::next);
    assertThrows(IllegalStateException.class, iterator::remove);
    assertThrows(IllegalStateException.class, () -> entry.setValue(1L));
  }

  @Test
  void closingInAVisitorEndsTheWalkWithAnException() {
    HashStore<Long, Long> store = longs().open(directory.resolve("store"));
    fill(store, 100);
    assertThrows(IllegalStateException.class, () -> store.forEach((k, v) -> store.close()));
    HashStore<Long, Long> again = longs().open(directory.resolve("store"));
    assertThrows(
        IllegalStateException.class,
        () ->
            new LongHashStore(again, 0)
                .range(
                    (k, v) -> {
                      again.close();
                      return true;
                    }));
  }

  @Test
  void aSecondCloseDoesNothingToTheNextOpener() {
    Path path = directory.resolve("store");
    HashStore<Long, Long> first = longs().open(path);
    first.close();
    try (HashStore<Long, Long> second = longs().open(path)) {
      first.close();
      assertThrows(StoreLockedException.class, () -> longs().open(path));
      second.put(1L, 1L);
    }
  }

  @Test
  void everyMethodWorksInAnInterruptedThreadAndKeepsTheFlag() throws Throwable {
    Path path = directory.resolve("store");
    Thread.currentThread().interrupt();
    try {
      HashStore<Long, Long> store = longs().open(path);
      fill(store, 3_000);
      for (Method method : ApiCalls.methods(HashStore.class)) {
        if (!method.getName().equals("close")) {
          ApiCalls.call(store, method);
          assertTrue(Thread.currentThread().isInterrupted(), method::toString);
        }
      }
      fill(store, 20_000); // grows and maps new windows
      store.close();
      LongHashStore primitive = HashStore.longs().open(path);
      for (Method method : ApiCalls.methods(LongHashStore.class)) {
        if (!method.getName().equals("close") && !method.getName().equals("clear")) {
          ApiCalls.call(primitive, method);
        }
      }
      primitive.close();
      assertTrue(Thread.currentThread().isInterrupted());
    } finally {
      Thread.interrupted();
    }
    try (HashStore<Long, Long> store = longs().readOnly(true).open(path)) {
      assertTrue(store.size() >= 19_999);
      assertClean(store);
    }
  }

  @Test
  void aTemporaryStoreLeavesNoFile() {
    HashStore<Long, Long> store = longs().openTemporary();
    Path path = store.path();
    fill(store, 100);
    assertTrue(Files.exists(path));
    store.close();
    assertFalse(Files.exists(path));
    assertFalse(Files.exists(path.resolveSibling(path.getFileName() + ".lock")));
    assertThrows(IllegalStateException.class, () -> longs().readOnly(true).openTemporary());
  }

  @Test
  void aTemporaryStoreThatCannotBeMadeLeavesNoFile() {
    StoreFullException e =
        assertThrows(StoreFullException.class, () -> longs().maxBytes(1).openTemporary());
    Matcher matcher = Pattern.compile("store=(\\S+)").matcher(e.getMessage());
    assertTrue(matcher.find(), e.getMessage());
    for (String suffix : new String[] {"", ".lock", ".new"}) {
      assertTrue(Files.notExists(Path.of(matcher.group(1) + suffix)), suffix);
    }
  }

  @Test
  void aStoreThatCannotBeMadeLeavesNoStore() {
    Path path = directory.resolve("store");
    assertThrows(StoreFullException.class, () -> longs().maxBytes(1).open(path));
    assertFalse(Files.exists(path));
    assertFalse(Files.exists(directory.resolve("store.new")));
    longs().open(path).close();
  }

  @Test
  void aStoreWhoseFileIsDeletedIsReadUntilItIsClosed() throws IOException {
    Path path = directory.resolve("store");
    HashStore<Long, Long> store = longs().open(path);
    fill(store, 10_000);
    Files.delete(path); // changes are refused from the next look on, within half a second
    assertEquals(9_999L, store.get(9_999L));
    assertClean(store);
    store.close();
    try (HashStore<Long, Long> fresh = longs().open(path)) {
      assertTrue(fresh.isEmpty());
    }
  }

  @Test
  void anOpenStoreIsExclusiveAndReadersShareIt() {
    Path path = directory.resolve("store");
    HashStore<Long, Long> writer = longs().open(path);
    fill(writer, 10);
    assertThrows(StoreLockedException.class, () -> longs().open(path));
    assertThrows(StoreLockedException.class, () -> longs().readOnly(true).open(path));
    writer.close();
    HashStore<Long, Long> one = longs().readOnly(true).open(path);
    try (HashStore<Long, Long> two = longs().readOnly(true).open(path)) {
      assertEquals(one, two);
      assertThrows(StoreLockedException.class, () -> longs().open(path));
      one.close();
      assertEquals(3L, two.get(3L));
      assertThrows(StoreLockedException.class, () -> longs().open(path));
    }
    longs().open(path).close();
  }

  @Test
  void badSettingsAreRefusedByTheBuilder() {
    for (long bytes : new long[] {0, -1, 1, 1 << 15, (1 << 16) + 1, 3 << 16, 1L << 31}) {
      assertThrows(IllegalArgumentException.class, () -> longs().windowBytes(bytes));
    }
    assertThrows(IllegalArgumentException.class, () -> longs().maxBytes(0));
    assertThrows(IllegalArgumentException.class, () -> longs().maxBytes(-5));
    assertThrows(NullPointerException.class, () -> longs().open(null));
    assertThrows(NullPointerException.class, () -> HashStore.builder(null, Codecs.int64()));
    assertThrows(NullPointerException.class, () -> HashStore.builder(Codecs.int64(), null));
  }

  @Test
  void absurdHintsCountAsZeroAndLargeOnesAreNoLimit() {
    for (long hint : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 42, 1L << 40}) {
      for (long window : new long[] {1 << 16, 1 << 30}) {
        try (HashStore<Long, Long> store =
            longs().windowBytes(window).expectedEntries(hint).openTemporary()) {
          fill(store, 20);
          assertEquals(20, store.size());
          assertNull(store.get(20L));
        }
      }
    }
  }

  @Test
  void nullIsRefusedEverywhere() {
    try (HashStore<Long, Long> store = longs().openTemporary()) {
      fill(store, 10);
      assertThrows(NullPointerException.class, () -> store.put(null, 1L));
      assertThrows(NullPointerException.class, () -> store.put(1L, null));
      assertThrows(NullPointerException.class, () -> store.put(100L, null));
      assertThrows(NullPointerException.class, () -> store.set(null, 1L));
      assertThrows(NullPointerException.class, () -> store.set(1L, null));
      assertThrows(NullPointerException.class, () -> store.get(null));
      assertThrows(NullPointerException.class, () -> store.getOrDefault(null, 1L));
      assertThrows(NullPointerException.class, () -> store.containsKey(null));
      assertThrows(NullPointerException.class, () -> store.containsValue(null));
      assertThrows(NullPointerException.class, () -> store.remove(null));
      assertThrows(NullPointerException.class, () -> store.delete(null));
      assertThrows(NullPointerException.class, () -> store.remove(null, (Object) 1L));
      assertThrows(NullPointerException.class, () -> store.remove(1L, null));
      assertThrows(NullPointerException.class, () -> store.replace(null, 1L));
      assertThrows(NullPointerException.class, () -> store.replace(1L, null));
      assertThrows(NullPointerException.class, () -> store.replace(null, 1L, 1L));
      assertThrows(NullPointerException.class, () -> store.replace(1L, null, 1L));
      assertThrows(NullPointerException.class, () -> store.replace(1L, 1L, null));
      assertThrows(NullPointerException.class, () -> store.putIfAbsent(null, 1L));
      assertThrows(NullPointerException.class, () -> store.putIfAbsent(100L, null));
      assertThrows(NullPointerException.class, () -> store.merge(1L, null, Long::sum));
      assertThrows(NullPointerException.class, () -> store.getInto(null, ByteBuffer.allocate(8)));
      assertThrows(
          NullPointerException.class, () -> store.getAll(java.util.Arrays.asList(1L, null)));
      assertThrows(NullPointerException.class, () -> store.getAll(null));
      assertEquals(10, store.size());
      assertClean(store);
    }
  }
}
