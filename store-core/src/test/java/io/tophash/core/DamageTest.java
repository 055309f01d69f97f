package io.tophash.core;

import static io.tophash.core.testing.Stores.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.IncompatibleStoreException;
import io.tophash.core.errors.StoreException;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.SpanLayout;
import io.tophash.core.testing.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Any damage: the store refuses, or goes on; it never crashes, hangs, or fails otherwise. */
@Timeout(300)
@Tag("fault")
@Tag("full")
class DamageTest {
  private static final long[] EVIL = {
    0, 1, -1, 2, 7, 8, 40, 0x4000, 0x10000, 0x1_0000_0000L, Long.MAX_VALUE, Long.MIN_VALUE, -8
  };

  @TempDir Path directory;

  private static Map<String, String> texts() {
    Map<String, String> content = new LinkedHashMap<>();
    for (int n = 0; n < 53; n++) {
      content.put("key" + n, "value" + n);
    }
    return content;
  }

  private static Map<Long, Long> longs() {
    Map<Long, Long> content = new LinkedHashMap<>();
    for (int n = 0; n < 53; n++) {
      content.put(key(0x40 + n, n, n % 3), (long) n);
    }
    return content;
  }

  @Test
  void everyBitOfTheSealedHeaderIsGuarded() throws IOException {
    DamagedFile<Long, Long> file = DamagedFile.longs(directory.resolve("store")).fill(longs());
    for (int i = 0; i < HeaderLayout.SEALED_BYTES; i++) {
      for (int bit : new int[] {0, 3, 7}) {
        file.reset();
        file.bytes.put(i, (byte) (file.bytes.get(i) ^ 1 << bit));
        file.write();
        for (boolean readOnly : new boolean[] {true, false}) {
          StoreException e = assertThrows(StoreException.class, () -> file.open(readOnly).close());
          assertTrue(
              e instanceof CorruptStoreException || e instanceof IncompatibleStoreException,
              e.toString());
        }
      }
    }
  }

  @Test
  void aTruncatedFileIsRefusedAtAnyLength() throws IOException {
    DamagedFile<String, String> file =
        DamagedFile.records(directory.resolve("store")).fill(texts());
    file.write();
    byte[] whole = Files.readAllBytes(file.path);
    int end = (int) file.bytes.getLong(HeaderLayout.LIMIT_PAGES) << SpanLayout.PAGE_SHIFT;
    assertTrue(end < whole.length && end > whole.length - 4096, "sums behind the last page");
    int[] near = {1, 7, 8, 511, 512, 4095, 4096, 16_383, 16_384, 16_385};
    for (int length : near) {
      assertRefused(file, whole, length);
      assertRefused(file, whole, end - length);
    }
    for (int length = 1_000; length < end; length += 4_099) {
      assertRefused(file, whole, length);
    }
    // Of the sums alone: all of the store is there, which is looked at.
    for (int length = end; length < whole.length; length += 7) {
      Files.write(file.path, java.util.Arrays.copyOf(whole, length));
      for (boolean readOnly : new boolean[] {true, false}) {
        try (HashStore<String, String> store = file.open(readOnly)) {
          assertEquals(texts(), store);
        }
      }
    }
  }

  private static void assertRefused(DamagedFile<?, ?> file, byte[] whole, int length)
      throws IOException {
    Files.write(file.path, java.util.Arrays.copyOf(whole, length));
    for (boolean readOnly : new boolean[] {true, false}) {
      StoreException e =
          assertThrows(StoreException.class, () -> file.open(readOnly).close(), "length=" + length);
      assertTrue(
          e instanceof CorruptStoreException || e instanceof IncompatibleStoreException,
          e.toString());
    }
    assertTrue(Files.size(file.path) == length, "the file was not changed");
  }

  @Test
  void damagedHeaderWordsAreSurvived() throws IOException {
    DamagedFile<Long, Long> longs = DamagedFile.longs(directory.resolve("longs")).fill(longs());
    DamagedFile<String, String> records =
        DamagedFile.records(directory.resolve("records")).fill(texts());
    DamagedFile<String, String> inline =
        DamagedFile.texts(directory.resolve("inline")).fill(texts());
    for (int position = HeaderLayout.SEALED_BYTES; position < HeaderLayout.BYTES; position += 4) {
      boolean used =
          position < HeaderLayout.CLASS_COUNTS + 64
              || position >= HeaderLayout.UNDO && position < HeaderLayout.UNDO + 64;
      for (int i = 0; used && i < EVIL.length; i++) {
        damageHeader(longs, longs(), position, EVIL[i]);
        damageHeader(records, texts(), position, EVIL[i]);
        damageHeader(inline, texts(), position, EVIL[i]);
      }
    }
  }

  private static <K, V> void damageHeader(
      DamagedFile<K, V> file, Map<K, V> content, int position, long value) throws IOException {
    file.reset();
    if (position % 8 == 0) {
      file.bytes.putLong(position, value);
    } else {
      file.bytes.putInt(position, (int) value);
    }
    // As a killed process leaves it: then recovery believes what stands there.
    file.bytes.putLong(HeaderLayout.UNCLEAN, 1);
    file.exercise(content, "position=" + position + " value=" + value);
  }

  @Test
  @Tag("fast")
  void randomDamageIsSurvived() {
    Seeds.run(
        3352408965092774176L,
        100,
        seed -> {
          Random random = new Random(seed);
          fuzz(DamagedFile.longs(directory.resolve("longs")).fill(longs()), longs(), random);
          fuzz(DamagedFile.records(directory.resolve("records")).fill(texts()), texts(), random);
          fuzz(DamagedFile.texts(directory.resolve("inline")).fill(texts()), texts(), random);
        });
  }

  /** Words that hold something are changed, one or several at a time. */
  private static <K, V> void fuzz(DamagedFile<K, V> file, Map<K, V> content, Random random)
      throws IOException {
    List<Integer> used = new java.util.ArrayList<>();
    for (int i = HeaderLayout.SEALED_BYTES; i + 8 <= file.bytes.limit(); i += 8) {
      if (file.bytes.getLong(i) != 0) {
        used.add(i);
      }
    }
    for (int round = 0; round < 300; round++) {
      file.reset();
      StringBuilder damage = new StringBuilder();
      for (int n = random.nextInt(3); n >= 0; n--) {
        int position = used.get(random.nextInt(used.size()));
        long before = file.bytes.getLong(position);
        long value =
            switch (random.nextInt(4)) {
              case 0 -> before ^ 1L << random.nextInt(64);
              case 1 -> EVIL[random.nextInt(EVIL.length)];
              case 2 -> before + random.nextInt(64) - 32;
              default -> file.bytes.getLong(used.get(random.nextInt(used.size())));
            };
        file.bytes.putLong(position, value);
        damage.append(" position=").append(position).append(" value=").append(value);
      }
      file.exercise(content, damage.toString());
    }
    // Mappings go with their buffers; without a collection they would reach the system's limit.
    System.gc();
  }
}
