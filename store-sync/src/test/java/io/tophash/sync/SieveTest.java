package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.sync.format.CacheLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which entries go at the bound: far from the limits, so that no seed of a hash matters. */
@Tag("contract")
class SieveTest {
  private final List<Integer> gone = new ArrayList<>();

  private CacheStore<Integer, byte[]> open(CacheStoreBuilder<Integer, byte[]> builder) {
    CacheStore<Integer, byte[]> cache = builder.openTemporary();
    cache.evictionListener(
        (key, value, expired) ->
            gone.add(ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN).getInt()));
    return cache;
  }

  private static CacheStoreBuilder<Integer, byte[]> builder() {
    return CacheStore.builder(Codecs.int32(), Codecs.bytes());
  }

  private static void put(CacheStore<Integer, byte[]> cache, int key, int bytes) {
    byte[] value = new byte[8 + bytes];
    ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).putLong(0, CacheLayout.NEVER);
    cache.store().set(key, value);
  }

  private static int present(CacheStore<Integer, byte[]> cache, List<Integer> keys) {
    int present = 0;
    for (Integer key : keys) {
      present += cache.store().containsKey(key) ? 1 : 0;
    }
    return present;
  }

  /** Pairs of a small and a large one; the bound is one of bytes, or of entries. */
  private int[] smallAndLarge(CacheStore<Integer, byte[]> cache) {
    for (int i = 0; i < 30_000; i++) {
      put(cache, i, i % 2 == 0 ? 40 : 1_500);
    }
    int[] left = new int[2];
    for (int i = 0; i < 30_000; i++) {
      left[i % 2] += cache.store().containsKey(i) ? 1 : 0;
    }
    return left;
  }

  @Test
  void ofEqualUseLargeOnesGoBeforeSmallOnesIfBytesAreShort() {
    try (var cache = open(builder().maxBytes(4 << 20))) {
      int[] left = smallAndLarge(cache);
      assertTrue(left[1] > 100 && left[0] > 3 * left[1], left[0] + " and " + left[1]);
    }
  }

  @Test
  void theirSizeDoesNotMatterIfTheirNumberIsTooLarge() {
    try (var cache = open(builder().maxEntries(2_000))) {
      int[] left = smallAndLarge(cache);
      assertTrue(left[1] > 800 && left[0] > 800, left[0] + " and " + left[1]);
    }
  }

  @Test
  void aKeyThatComesBackSoonStaysLongerThanANewOne() {
    try (var cache = open(builder().maxBytes(4 << 20))) {
      for (int key = 0; key < 30_000; key++) {
        put(cache, key, 400);
      }
      int capacity = (int) cache.store().sizeLong();
      List<Integer> back = new ArrayList<>(gone.subList(gone.size() - 500, gone.size()));
      assertEquals(0, present(cache, back));
      List<Integer> fresh = new ArrayList<>();
      for (int i = 0; i < back.size(); i++) {
        put(cache, back.get(i), 400);
        fresh.add(100_000 + i);
        put(cache, fresh.get(i), 400);
      }
      for (int i = 0; i < capacity; i++) {
        put(cache, 200_000 + i, 400);
      }
      int backLeft = present(cache, back);
      int freshLeft = present(cache, fresh);
      assertTrue(backLeft > 300 && freshLeft < 200, backLeft + " and " + freshLeft);
    }
  }

  @Test
  void anOverwriteKeepsTheMark() {
    try (var cache = open(builder().maxBytes(4 << 20))) {
      for (int key = 0; key < 20_000; key++) {
        put(cache, key, 400);
      }
      int capacity = (int) cache.store().sizeLong();
      List<Integer> hit = new ArrayList<>();
      List<Integer> others = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        hit.add(100_000 + i);
        others.add(110_000 + i);
        put(cache, hit.get(i), 400);
        put(cache, others.get(i), 400);
        cache.store().get(hit.get(i));
        cache.store().get(hit.get(i));
      }
      for (int i = 0; i < 500; i++) {
        put(cache, hit.get(i), 401);
        put(cache, others.get(i), 401);
      }
      for (int i = 0; i < capacity; i++) {
        put(cache, 200_000 + i, 400);
      }
      int hitLeft = present(cache, hit);
      int othersLeft = present(cache, others);
      assertTrue(hitLeft > 400 && othersLeft < 250, hitLeft + " and " + othersLeft);
    }
  }
}
