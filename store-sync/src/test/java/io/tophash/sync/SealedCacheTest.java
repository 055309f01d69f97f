package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.shard.Eviction;
import io.tophash.sync.shard.LargeRecords;
import io.tophash.sync.shard.Shards;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A small cache at its bound in which checkpoints seal everything time and again: each change needs
 * room for a copy of what it changes, and what is freed stays until the next checkpoint.
 */
@Tag("contract")
@Tag("fast")
class SealedCacheTest {
  private static final int BOUND = 2 << 20;
  private static final int KEYS = 400;
  private static final int LARGEST = 60_000;

  @TempDir Path dir;
  private final Map<Integer, byte[]> model = new HashMap<>();
  private final Random random = new Random();
  private int came;
  private int went;
  private int told;

  @BeforeEach
  void seed() {
    random.setSeed(20);
  }

  private CacheStore<Integer, byte[]> open() {
    CacheStore<Integer, byte[]> cache =
        CacheStore.builder(Codecs.int32(), Codecs.bytes())
            .maxBytes(BOUND)
            .open(dir.resolve("cache.tph"));
    cache.evictionListener((key, value, expired) -> told++);
    return cache;
  }

  private void checkAll(CacheStore<Integer, byte[]> cache) {
    assertEquals(came - went - told, cache.store().sizeLong(), "of each that went was told");
    assertTrue(cache.store().verify().isClean(), () -> cache.store().verify().toString());
  }

  @Test
  void noChangeIsRefused() throws Exception {
    for (int opens = 0; opens < 3; opens++) {
      try (CacheStore<Integer, byte[]> cache = open()) {
        for (int i = 0; i < 4_000; i++) {
          change(cache.store());
          if (random.nextInt(30) == 0) {
            cache.store().force();
          }
          assertTrue(Files.size(dir.resolve("cache.tph")) <= BOUND);
          assertTrue(cache.usedBytes() <= BOUND);
        }
        checkAll(cache);
      }
    }
  }

  @Test
  void noChangeIsRefusedWhileABackupIsMade() throws Exception {
    try (CacheStore<Integer, byte[]> cache = open()) {
      for (int i = 0; i < 4_000; i++) {
        change(cache.store());
      }
      assertThrows(UnsupportedOperationException.class, () -> cache.store().snapshot());
      CompletableFuture<Void> backups =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 10; i++) {
                  cache.store().backup(dir.resolve("backup" + i));
                }
              });
      do {
        change(cache.store());
      } while (!backups.isDone());
      backups.join();
      checkAll(cache);
    }
    try (CacheStore<Integer, byte[]> copy =
        CacheStore.builder(Codecs.int32(), Codecs.bytes()).open(dir.resolve("backup9"))) {
      assertTrue(copy.store().verify().isClean());
    }
  }

  /** What is done where a checkpoint has sealed all and what is free is too small for any copy. */
  @Test
  void theLastResortEmptiesTheShard() {
    try (CacheStore<Integer, byte[]> cache = open()) {
      for (int i = 0; i < 4_000; i++) {
        change(cache.store());
      }
      cache.store().force();
      long evicted = cache.evictedCount();
      long size = cache.store().sizeLong();
      Shards shards = cache.store().attachment().core().shards();
      Eviction eviction = new Eviction(shards, new LargeRecords(shards.context()));
      assertEquals(1, shards.locked(0, () -> eviction.clear(0) ? 1 : 0));
      assertEquals(0, cache.store().sizeLong());
      assertEquals(evicted + size, cache.evictedCount());
      checkAll(cache);
      for (int i = 0; i < 4_000; i++) {
        change(cache.store());
      }
      checkAll(cache);
    }
  }

  private void change(SyncStore<Integer, byte[]> store) {
    Integer key = random.nextInt(KEYS);
    if (random.nextInt(5) == 0) {
      byte[] removed = store.remove(key);
      went += removed == null ? 0 : 1;
      check(key, removed);
      assertNull(store.get(key));
      return;
    }
    byte[] value = value(random.nextInt(8) == 0 ? random.nextInt(LARGEST) : random.nextInt(200));
    byte[] old = store.put(key, value);
    check(key, old);
    model.put(key, value);
    byte[] present = store.get(key);
    check(key, present);
    came += old == null && present != null ? 1 : 0;
    went += old != null && present == null ? 1 : 0;
  }

  private void check(Integer key, byte[] found) {
    if (found != null) {
      assertArrayEquals(model.get(key), found, "an older value came back");
    }
  }

  private byte[] value(int bytes) {
    byte[] value = new byte[CacheLayout.PREFIX_BYTES + bytes];
    random.nextBytes(value);
    ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).putLong(0, CacheLayout.NEVER);
    return value;
  }
}
