package io.tophash.core;

import static io.tophash.core.testing.Stores.assertClean;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.Stores.HookedCodec;
import java.util.ConcurrentModificationException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** Concurrent misuse is detected in Go's words, and the store stays intact. */
@Tag("fast")
@Timeout(60)
@Tag("contract")
class MisuseTest {
  private static final String WRITES = "concurrent map writes";
  private static final String READ = "concurrent map read and map write";
  private static final String ITERATION = "concurrent map iteration and map write";

  private final HookedCodec codec = new HookedCodec(false, 8);
  private HashStore<Long, Long> store;

  @BeforeEach
  void open() {
    store = HashStore.builder(Codecs.int64(), codec).openTemporary();
    for (long n = 0; n < 20; n++) {
      store.put(n, n);
    }
  }

  @AfterEach
  void staysIntact() {
    codec.onWrite = () -> {};
    codec.onRead = () -> {};
    assertEquals(20, store.size());
    for (long n = 0; n < 20; n++) {
      assertEquals(n, store.get(n));
    }
    assertClean(store);
    store.close();
    assertTrue(store.isClosed());
  }

  private static void assertRefused(String words, Executable call) {
    String message = assertThrows(ConcurrentModificationException.class, call).getMessage();
    assertTrue(message.startsWith(words), message);
  }

  private void assertAllRefused() {
    assertRefused(WRITES, () -> store.put(1L, 1L));
    assertRefused(WRITES, () -> store.set(1L, 1L));
    assertRefused(WRITES, () -> store.remove(1L));
    assertRefused(WRITES, () -> store.remove(1L, (Object) 1L));
    assertRefused(WRITES, () -> store.delete(1L));
    assertRefused(WRITES, () -> store.replace(1L, 1L, 2L));
    assertRefused(WRITES, store::clear);
    assertRefused(WRITES, store::compact);
    assertRefused(WRITES, store::force);
    assertRefused(WRITES, store::close);
    assertFalse(store.isClosed());
    assertRefused(READ, () -> store.get(1L));
    assertRefused(READ, () -> store.getOrDefault(1L, 1L));
    assertRefused(READ, () -> store.containsKey(1L));
    assertRefused(READ, () -> store.containsValue(1L));
    assertRefused(READ, () -> store.getAll(List.of(1L)));
    assertRefused(READ, () -> store.getInto(1L, java.nio.ByteBuffer.allocate(8)));
    assertRefused(READ, store::size);
    assertRefused(READ, store::stats);
    assertRefused(READ, store::verify);
    assertRefused(ITERATION, () -> store.forEach((key, value) -> {}));
    assertRefused(ITERATION, () -> store.range((key, value) -> true));
    assertRefused(ITERATION, () -> store.entrySet().iterator());
  }

  /** Runs something while a write is under way in the same thread. */
  private void duringWrite(Executable misuse) throws Throwable {
    Throwable[] failure = new Throwable[1];
    boolean[] ran = new boolean[1];
    codec.onWrite =
        () -> {
          codec.onWrite = () -> {};
          ran[0] = true;
          try {
            misuse.execute();
          } catch (Throwable e) {
            failure[0] = e;
          }
        };
    store.put(3L, 3L);
    assertTrue(ran[0]);
    if (failure[0] != null) {
      throw failure[0];
    }
  }

  @Test
  void aCodecMayNotCallTheStoreThatWrites() throws Throwable {
    duringWrite(this::assertAllRefused);
  }

  @Test
  void anIteratorIsRefusedDuringAWrite() throws Throwable {
    Iterator<Map.Entry<Long, Long>> iterator = store.entrySet().iterator();
    iterator.next();
    duringWrite(() -> assertRefused(ITERATION, iterator::hasNext));
    duringWrite(() -> assertRefused(ITERATION, iterator::next));
    iterator.next();
  }

  @Test
  void anotherThreadIsRefusedDuringAWrite() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    codec.onWrite =
        () -> {
          inside.countDown();
          try {
            release.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        };
    ExecutorService writer = Executors.newSingleThreadExecutor();
    try {
      Future<Long> write = writer.submit(() -> store.put(3L, 3L));
      inside.await();
      assertAllRefused();
      release.countDown();
      assertEquals(3L, write.get());
    } finally {
      release.countDown();
      writer.shutdown();
    }
  }

  @Test
  void thePrimitiveStoreRefusesAsWell() throws Throwable {
    // A view over the same engine as a store whose codecs can be listened to.
    HookedCodec values = new HookedCodec(true, 8);
    try (HashStore<Long, Long> map = HashStore.builder(Codecs.int64(), values).openTemporary()) {
      LongHashStore longs = new LongHashStore(map, -1);
      longs.put(1, 1);
      boolean[] ran = new boolean[1];
      values.onWrite =
          () -> {
            assertRefused(WRITES, () -> longs.put(1, 2));
            assertRefused(WRITES, () -> longs.addAndGet(1, 2));
            assertRefused(WRITES, () -> longs.remove(1));
            assertRefused(WRITES, longs::clear);
            assertRefused(READ, () -> longs.get(1));
            assertRefused(READ, () -> longs.getOrDefault(1, 0));
            assertRefused(READ, () -> longs.containsKey(1));
            assertRefused(READ, () -> longs.getAll(new long[1], new long[1], 0));
            assertRefused(ITERATION, () -> longs.range((key, value) -> true));
            ran[0] = true;
          };
      map.put(2L, 2L);
      values.onWrite = () -> {};
      assertTrue(ran[0]);
      assertEquals(1, longs.get(1));
      assertEquals(2, longs.get(2));
      assertClean(map);
    }
  }

  @Test
  void readersDoNotDisturbEachOther() {
    codec.onRead =
        () -> {
          codec.onRead = () -> {};
          assertEquals(20, store.size());
          assertTrue(store.containsKey(5L));
        };
    assertEquals(3L, store.get(3L));
  }
}
