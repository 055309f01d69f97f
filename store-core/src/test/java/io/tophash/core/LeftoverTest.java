package io.tophash.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.LeftoverCases;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a {@code HashStore} leaves that was not made. */
@Tag("fault")
class LeftoverTest extends LeftoverCases {
  @Override
  protected StoreMap<Long, Long> open(Path path, long maxBytes) {
    return HashStore.longs().windowBytes(1 << 20).maxBytes(maxBytes).open(path).asMap();
  }

  /** A codec of one's own, which notes how much it is shown. */
  private static final class Watching implements Codec<byte[]> {
    int mostShown;

    @Override
    public String id() {
      return "watching";
    }

    @Override
    public int size(byte[] value) {
      return value.length;
    }

    @Override
    public void write(byte[] value, ByteBuffer target) {
      mostShown = Math.max(mostShown, target.capacity() - value.length);
      target.put(value);
    }

    @Override
    public byte[] read(ByteBuffer source) {
      mostShown = Math.max(mostShown, source.capacity() - source.remaining());
      byte[] value = new byte[source.remaining()];
      source.get(value);
      return value;
    }
  }

  @Test
  void aCodecIsShownNoMoreThanItsOwn() {
    Watching codec = new Watching();
    try (HashStore<Long, byte[]> store = HashStore.builder(Codecs.int64(), codec).openTemporary()) {
      for (int size : new int[] {0, 1, 100, 70_000}) {
        store.put(1L, new byte[size]);
        assertEquals(size, store.get(1L).length);
        assertTrue(store.replace(1L, new byte[size], new byte[size + 1]));
      }
      assertEquals(0, codec.mostShown);
    }
  }

  @Test
  void aLargeValueIsNotKeptOnTheHeap() {
    int size = 64 << 20;
    try (HashStore<Long, byte[]> store =
        HashStore.builder(Codecs.int64(), new Watching()).openTemporary()) {
      store.put(1L, new byte[10]);
      long before = usedHeap();
      store.put(1L, new byte[size]);
      assertTrue(store.replace(1L, new byte[size], new byte[size]));
      assertEquals(size, store.get(1L).length);
      long kept = usedHeap() - before;
      assertTrue(kept < size / 2, () -> "kept=" + kept);
    }
  }

  private static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
