package io.tophash.core;

import static io.tophash.core.testing.Stores.assertClean;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.CallerBuffers;
import io.tophash.core.testing.Stores.HookedCodec;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and values over the limits, and codecs that lie or throw: the store stays as it was. */
@Tag("fault")
class CodecFaultTest {
  private static final int REPEATS = 2_500;

  @Test
  void keysAreLimitedTo64KiB() {
    try (HashStore<byte[], Long> store =
        HashStore.builder(Codecs.bytes(), Codecs.int64()).openTemporary()) {
      byte[] largest = new byte[64 << 10];
      store.put(largest, 1L);
      assertEquals(1L, store.get(largest));
      byte[] larger = new byte[largest.length + 1];
      assertThrows(IllegalArgumentException.class, () -> store.put(larger, 1L));
      assertThrows(IllegalArgumentException.class, () -> store.get(larger));
      assertThrows(IllegalArgumentException.class, () -> store.remove(larger));
      assertEquals(1, store.size());
      assertClean(store);
    }
  }

  @Test
  void valuesAreLimitedToHalfAWindow() {
    try (HashStore<Long, byte[]> store =
        HashStore.builder(Codecs.int64(), Codecs.bytes()).windowBytes(1 << 17).openTemporary()) {
      byte[] largest = new byte[1 << 16];
      Arrays.fill(largest, (byte) 7);
      store.put(1L, largest);
      store.put(2L, new byte[0]);
      assertTrue(Arrays.equals(largest, store.get(1L)));
      assertEquals(0, store.get(2L).length);
      byte[] larger = new byte[largest.length + 1];
      assertThrows(IllegalArgumentException.class, () -> store.put(1L, larger));
      assertThrows(IllegalArgumentException.class, () -> store.put(3L, larger));
      assertTrue(Arrays.equals(largest, store.get(1L)));
      assertNull(store.get(3L));
      assertClean(store);
    }
  }

  @Test
  void valuesAreLimitedTo256MiB() {
    HookedCodec codec = new HookedCodec(false, 8);
    try (HashStore<Long, Long> store = HashStore.builder(Codecs.int64(), codec).openTemporary()) {
      codec.size = value -> (256 << 20) + 1;
      assertThrows(IllegalArgumentException.class, () -> store.put(1L, 1L));
      codec.size = value -> -7;
      String message =
          assertThrows(IllegalStateException.class, () -> store.put(1L, 1L)).getMessage();
      assertTrue(message.contains("negative") && message.contains("-7"), message);
      assertTrue(store.isEmpty());
      assertClean(store);
    }
  }

  /** Repeats a failing change; nothing may leak. */
  private static <K, V> void assertLeavesNoTrace(HashStore<K, V> store, Runnable failing) {
    failing.run();
    assertClean(store);
    HashStats before = store.stats();
    for (int i = 0; i < REPEATS; i++) {
      failing.run();
    }
    HashStats after = store.stats();
    assertEquals(before.fileBytes(), after.fileBytes());
    assertEquals(before.freeBytes(), after.freeBytes());
    assertEquals(before.entries(), after.entries());
    assertClean(store);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aValueCodecThatLiesOrThrowsChangesNothing(boolean fixed) {
    HookedCodec codec = new HookedCodec(fixed, 24);
    try (HashStore<Long, Long> store = HashStore.builder(Codecs.int64(), codec).openTemporary()) {
      for (long n = 0; n < 20; n++) {
        store.put(n, n);
      }
      for (int written : new int[] {0, 23, 25, 48}) {
        codec.writtenBytes = written;
        assertLeavesNoTrace(
            store,
            () -> {
              assertThrows(IllegalStateException.class, () -> store.put(5L, -1L));
              assertThrows(IllegalStateException.class, () -> store.set(500L, -1L));
              assertThrows(IllegalStateException.class, () -> store.replace(5L, -1L));
            });
      }
      codec.writtenBytes = 24;
      codec.onWrite =
          () -> {
            throw new UnsupportedOperationException("on purpose");
          };
      assertLeavesNoTrace(
          store,
          () -> {
            assertThrows(UnsupportedOperationException.class, () -> store.put(5L, -1L));
            assertThrows(UnsupportedOperationException.class, () -> store.put(500L, -1L));
            assertThrows(UnsupportedOperationException.class, () -> store.replace(5L, 5L, -1L));
          });
      codec.onWrite = () -> {};
      if (fixed) {
        codec.size = value -> 23;
        assertThrows(IllegalStateException.class, () -> store.put(5L, -1L));
        codec.size = value -> 24;
      }
      for (long n = 0; n < 20; n++) {
        assertEquals(n, store.put(n, n + 1));
      }
      assertFalse(store.containsKey(500L));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aKeyCodecThatLiesOrThrowsChangesNothing(boolean fixed) {
    HookedCodec codec = new HookedCodec(fixed, 24);
    try (HashStore<Long, byte[]> store = HashStore.builder(codec, Codecs.bytes()).openTemporary()) {
      store.put(1L, new byte[100]);
      for (int written : new int[] {0, 23, 25, 48}) {
        codec.writtenBytes = written;
        assertLeavesNoTrace(
            store,
            () -> {
              assertThrows(IllegalStateException.class, () -> store.put(1L, new byte[100]));
              assertThrows(IllegalStateException.class, () -> store.set(2L, new byte[100]));
              assertThrows(IllegalStateException.class, () -> store.remove(1L));
              assertThrows(IllegalStateException.class, () -> store.get(1L));
            });
      }
      codec.writtenBytes = 24;
      assertEquals(100, store.get(1L).length);
      assertEquals(1, store.size());
    }
  }

  @Test
  void aCodecThatCannotReadItsValueLosesNothing() {
    HookedCodec codec = new HookedCodec(false, 8);
    try (HashStore<Long, Long> store = HashStore.builder(Codecs.int64(), codec).openTemporary()) {
      store.put(1L, 1L);
      codec.onRead =
          () -> {
            throw new UnsupportedOperationException("on purpose");
          };
      assertLeavesNoTrace(
          store,
          () -> {
            assertThrows(UnsupportedOperationException.class, () -> store.put(1L, 2L));
            assertThrows(UnsupportedOperationException.class, () -> store.remove(1L));
            assertThrows(UnsupportedOperationException.class, () -> store.get(1L));
            assertThrows(UnsupportedOperationException.class, () -> store.forEach((k, v) -> {}));
          });
      store.set(1L, 3L);
      assertTrue(store.containsKey(1L));
      codec.onRead = () -> {};
      assertEquals(3L, store.get(1L));
    }
  }

  @Test
  void aReaderIsGivenJustTheBytesOfItsValue() {
    Codec<ByteBuffer> codec = Codecs.byteBuffer();
    try (HashStore<String, ByteBuffer> store =
        HashStore.builder(Codecs.utf8(), codec).openTemporary()) {
      for (int size = 0; size < 300; size++) {
        ByteBuffer value = ByteBuffer.allocate(size + 5).position(3).limit(size + 3);
        store.put("k" + size, value);
        assertEquals(size, value.remaining(), "the caller's buffer is as it was");
      }
      for (int size = 0; size < 300; size++) {
        assertEquals(size, store.get("k" + size).remaining());
      }
    }
  }

  @Test
  void aBufferThatIsTooSmallIsUnchanged() {
    try (HashStore<Long, byte[]> store =
        HashStore.builder(Codecs.int64(), Codecs.bytes()).openTemporary()) {
      store.put(1L, new byte[] {1, 2, 3, 4});
      ByteBuffer small = ByteBuffer.allocate(8).position(5);
      assertThrows(IllegalArgumentException.class, () -> store.getInto(1L, small));
      assertEquals(5, small.position());
      assertEquals(-1, store.getInto(2L, small));
      byte[] bytes = new byte[5];
      assertThrows(
          IllegalArgumentException.class, () -> store.getInto(1L, CallerBuffers.over(bytes), 2));
      assertEquals(4, store.getInto(1L, CallerBuffers.over(bytes), 1));
      assertTrue(Arrays.equals(new byte[] {0, 1, 2, 3, 4}, bytes));
      assertEquals(List.of(), List.copyOf(store.getAll(List.of()).keySet()));
    }
  }
}
