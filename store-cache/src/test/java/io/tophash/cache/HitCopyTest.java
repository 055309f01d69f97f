package io.tophash.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.tophash.core.codec.Codecs;
import io.tophash.core.errors.CorruptStoreException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hit copies the value once, into the array that is returned. */
@Tag("contract")
class HitCopyTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int VALUE_BYTES = 400;
  private static final int KEYS = 10_000;
  private static final int MAX_ROUNDS = 200;

  @TempDir Path dir;
  private final FakeClock clock = new FakeClock();

  private TophashCacheBuilder<String, byte[]> builder() {
    return TophashCache.builder(Codecs.utf8(), Codecs.bytes()).clock(clock).unmaintained();
  }

  @Test
  void ofEntriesWithoutAnEnd() {
    check(builder(), "");
  }

  @Test
  void ofEntriesWithAnEnd() {
    check(builder().expireAfterWrite(Duration.ofSeconds(10)), "");
  }

  @Test
  void ofLongKeys() {
    check(builder().expireAfterWrite(Duration.ofSeconds(10)), "a key of more than sixteen bytes ");
  }

  private void check(TophashCacheBuilder<String, byte[]> builder, String prefix) {
    try (TophashCache<String, byte[]> cache = builder.open(dir.resolve("cache.tph"))) {
      String[] keys = new String[KEYS];
      for (int i = 0; i < KEYS; i++) {
        keys[i] = prefix + i;
        cache.put(keys[i], value(i));
      }
      // Some are not on the shortest way; and the compiler, which may be busy, has yet to come.
      long enough = KEYS * VALUE_BYTES * 3L / 2;
      long fewest = Long.MAX_VALUE;
      for (int round = 0; round < MAX_ROUNDS && fewest > enough; round++) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (String key : keys) {
          cache.getIfPresent(key);
        }
        fewest = Math.min(fewest, THREADS.getCurrentThreadAllocatedBytes() - before);
      }
      assertTrue(fewest <= enough, "bytes allocated by " + KEYS + " hits: " + fewest);
      for (int i = 0; i < KEYS; i++) {
        assertArrayEquals(value(i), cache.getIfPresent(keys[i]));
      }
    }
  }

  private static byte[] value(int i) {
    byte[] value = new byte[VALUE_BYTES];
    Arrays.fill(value, (byte) i);
    return value;
  }

  @Test
  void whatIsStoredWithMoreThanATimeIsReadAsAWhole() {
    var builder = builder().expireAfterWrite(Duration.ofSeconds(10));
    try (TophashCache<String, byte[]> cache = builder.open(dir.resolve("cache.tph"))) {
      cache.put("tagged", value(1), PutOptions.tag("t"));
      cache.put("plain", value(2));
      for (int i = 0; i < 200; i++) { // more often than is tried in vain
        assertArrayEquals(value(1), cache.getIfPresent("tagged"));
        assertArrayEquals(value(2), cache.getIfPresent("plain"));
      }
      cache.invalidateTag("t");
      assertNull(cache.getIfPresent("tagged"));
      assertArrayEquals(value(2), cache.getIfPresent("plain"));
    }
  }

  @Test
  void whatHasExpiredIsAbsent() {
    var builder = builder().expireAfterWrite(Duration.ofSeconds(10));
    try (TophashCache<String, byte[]> cache = builder.open(dir.resolve("cache.tph"))) {
      for (int i = 0; i < KEYS; i++) {
        cache.put("k" + i, value(i));
      }
      clock.advance(Duration.ofMillis(9_999));
      for (int i = 0; i < KEYS; i++) {
        assertArrayEquals(value(i), cache.getIfPresent("k" + i));
      }
      clock.advance(Duration.ofMillis(1));
      for (int i = 0; i < KEYS; i++) {
        assertNull(cache.getIfPresent("k" + i));
      }
    }
  }

  @Test
  void aDamagedValueIsNoHit() throws IOException {
    Path file = dir.resolve("cache.tph");
    byte[] marked = new byte[VALUE_BYTES];
    Arrays.fill(marked, (byte) 0xA5);
    try (TophashCache<String, byte[]> cache = builder().open(file)) {
      for (int i = 0; i < KEYS; i++) {
        cache.put("k" + i, i == KEYS / 2 ? marked : new byte[VALUE_BYTES]);
      }
    }
    byte[] bytes = Files.readAllBytes(file);
    // Blocks that were left behind have it, too.
    for (int at = 0; at + VALUE_BYTES <= bytes.length; at++) {
      if (bytes[at] == marked[0]
          && Arrays.equals(bytes, at, at + VALUE_BYTES, marked, 0, VALUE_BYTES)) {
        bytes[at + VALUE_BYTES / 2] ^= 1;
      }
    }
    Files.write(file, bytes);
    try (TophashCache<String, byte[]> cache = builder().open(file)) {
      int damaged = 0;
      for (int i = 0; i < KEYS; i++) {
        try {
          assertArrayEquals(new byte[VALUE_BYTES], cache.getIfPresent("k" + i));
        } catch (CorruptStoreException e) {
          damaged++;
        }
      }
      assertEquals(1, damaged);
    }
  }
}
