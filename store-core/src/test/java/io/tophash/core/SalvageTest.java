package io.tophash.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.errors.IncompatibleStoreException;
import io.tophash.core.errors.StoreException;
import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.DescriptorLayout;
import io.tophash.core.format.DirectoryLayout;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.Tophash;
import io.tophash.core.testing.Seeds;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A damaged store gives back what is whole, and nothing else; the damaged file stays as it is. */
@Tag("fault")
class SalvageTest {
  @TempDir Path dir;
  private Path file;
  private Path to;
  private final Map<String, String> expected = new HashMap<>();
  private final Map<Long, Long> expectedLongs = new HashMap<>();

  @BeforeEach
  void names() {
    file = dir.resolve("damaged.tph");
    to = dir.resolve("new.tph");
  }

  private static HashStoreBuilder<String, String> records() {
    return HashStore.builder(Codecs.utf8(), Codecs.utf8());
  }

  private void fill(long windowBytes) {
    try (HashStore<String, String> store = records().windowBytes(windowBytes).open(file)) {
      for (int i = 0; i < 3_000; i++) {
        String key = "key-" + i % 1_700;
        String value = (key + " has this value; ").repeat(1 + i % 30);
        store.put(key, value);
        expected.put(key, value);
        if (i % 5 == 0) {
          store.remove(key);
          expected.remove(key);
        }
      }
    }
  }

  private void fillLongs() {
    try (LongHashStore store = HashStore.longs().windowBytes(1 << 20).open(file)) {
      for (long i = 0; i < 20_000; i++) {
        store.put(i, ~i);
        expectedLongs.put(i, ~i);
      }
      for (long i = 0; i < 20_000; i += 3) {
        store.remove(i);
        expectedLongs.remove(i);
      }
    }
  }

  private SalvageReport recover() throws IOException {
    byte[] before = Files.readAllBytes(file);
    SalvageReport report = HashStoreSalvage.run(file, to, Codecs.utf8(), Codecs.utf8());
    assertArrayEquals(before, Files.readAllBytes(file));
    return report;
  }

  private int check(SalvageReport report) {
    try (HashStore<String, String> store = records().open(to)) {
      assertTrue(store.verify().isClean());
      assertEquals(report.kept(), store.sizeLong());
      int last = 0;
      for (Map.Entry<String, String> entry : store.entrySet()) {
        assertTrue(entry.getValue().startsWith(entry.getKey() + " has this value"));
        last += entry.getValue().equals(expected.get(entry.getKey())) ? 1 : 0;
      }
      assertTrue(report.kept() - last <= report.unlinked(), report::toString);
      return last;
    }
  }

  private void checkLongs() {
    try (LongHashStore store = HashStore.longs().open(to)) {
      assertTrue(store.verify().isClean());
      assertEquals(expectedLongs, store.asMap());
    }
  }

  private void write(long position, byte[] bytes) throws IOException {
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.seek(position);
      out.write(bytes);
    }
  }

  private long getLong(long position) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      byte[] bytes = new byte[8];
      in.seek(position);
      in.readFully(bytes);
      return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }
  }

  private long directory() throws IOException {
    return getLong(
        DescriptorLayout.position(getLong(HeaderLayout.SELECTOR)) + DescriptorLayout.BUCKETS);
  }

  @Test
  void aWholeStoreIsKeptCompletely() throws IOException {
    fill(1 << 20);
    SalvageReport report = recover();
    assertTrue(report.isComplete(), report::toString);
    assertEquals(expected.size(), check(report));
  }

  @Test
  void aWholeStoreOfLongsIsKeptCompletely() {
    fillLongs();
    SalvageReport report = HashStoreSalvage.run(file, to);
    checkNothingElseIsWrong(report);
    checkLongs();
  }

  /** All is kept, and nobody can say whether a value is as it was stored. */
  private static void checkNothingElseIsWrong(SalvageReport report) {
    assertTrue(report.kept() > 0);
    assertEquals(Map.of("value without a checksum", report.kept()), report.unchecked());
    assertEquals(report.kept(), report.uncheckedCount());
    assertFalse(report.isComplete());
    assertEquals(Map.of(), report.dropped());
    assertEquals(0, report.unlinked());
  }

  @Test
  void aValueThatIsNotOnTheDeviceIsNamedAsUnchecked() throws IOException {
    try (LongHashStore store = HashStore.longs().open(file)) {
      store.put(1, 0x1234_5678_9ABC_DEF0L);
    }
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < bytes.length; at += 8) {
      if (words.getLong(at) == 0x1234_5678_9ABC_DEF0L) {
        words.putLong(at, 0);
      }
    }
    Files.write(file, bytes);
    SalvageReport report = HashStoreSalvage.run(file, to);
    checkNothingElseIsWrong(report);
    try (LongHashStore store = HashStore.longs().open(to)) {
      assertEquals(0, store.getOrDefault(1, -1)); // wrong, and said to be uncertain
    }
  }

  @Test
  void withoutTheSealedHeaderAStoreIsKeptIfItIsSaidWhatItWas() throws IOException {
    fill(1 << 30);
    write(0, new byte[HeaderLayout.SEALED_BYTES]);
    assertThrows(IncompatibleStoreException.class, () -> HashStoreSalvage.run(file, to));
    SalvageReport report = recover();
    assertEquals(Map.of("header unreadable", 1L), report.dropped());
    assertEquals(expected.size(), check(report));
  }

  @Test
  void aLostDirectoryIsReplacedByASearch() throws IOException {
    fill(1 << 20);
    write(directory(), new byte[16]);
    SalvageReport report = recover();
    assertTrue(report.unlinked() > 0, report::toString);
    assertEquals(expected.size(), check(report));
  }

  @Test
  void aLostTableDescriptorOfAStoreOfLongsIsReplacedByASearch() throws IOException {
    fillLongs();
    long descriptor = DescriptorLayout.position(getLong(HeaderLayout.SELECTOR));
    write(descriptor + DescriptorLayout.BUCKETS, new byte[8]);
    SalvageReport report = HashStoreSalvage.run(file, to);
    assertEquals(expectedLongs.size(), report.unlinked());
    checkLongs();
  }

  @Test
  void aDamagedRecordCostsItsEntryOnly() throws IOException {
    fill(1 << 20);
    long chunk = getLong(directory() + DirectoryLayout.CHUNKS);
    long bucket = chunk;
    while ((getLong(bucket) & 0xFF) < Tophash.MIN_TOPHASH) {
      bucket += new BucketLayout(-1, -1).bytes();
    }
    long record = getLong(bucket + new BucketLayout(-1, -1).value(0));
    write(record + 12, new byte[] {1, 2, 3});
    SalvageReport report = recover();
    assertEquals(Map.of("record checksum", 1L), report.dropped());
    assertEquals(expected.size() - 1, check(report));
  }

  @Test
  void aFileThatWasCutGivesWhatIsLeft() throws IOException {
    fill(1 << 20);
    long length = Files.size(file);
    int before = Integer.MAX_VALUE;
    for (int part = 8; part >= 1; part--) {
      Files.deleteIfExists(to);
      try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
        out.setLength(length * part / 8);
      }
      int kept = check(recover());
      assertTrue(kept <= before);
      before = kept;
    }
  }

  /** Whatever was overwritten: no wrong value, no failure, and nothing lost that was not hit. */
  @Test
  void randomDamageNeverGivesAWrongValue() {
    Seeds.run(
        40,
        seed -> {
          Random random = new Random(seed);
          fill(1 << 20);
          byte[] whole = Files.readAllBytes(file);
          int kept = 0;
          int rounds = 12;
          for (int round = 0; round < rounds; round++) {
            Files.write(file, whole);
            Files.deleteIfExists(to);
            for (int i = 0; i <= round; i++) {
              byte[] garbage = new byte[1 + random.nextInt(random.nextBoolean() ? 8 : 600)];
              random.nextBytes(garbage);
              write(HeaderLayout.SEALED_BYTES + random.nextInt(whole.length - 1_200), garbage);
            }
            kept += check(recover());
          }
          assertTrue(kept > expected.size() * rounds / 2, "kept=" + kept);
          expected.clear();
          Files.delete(file);
          Files.deleteIfExists(to);
        });
  }

  @Test
  void neitherAnExistingTargetNorAnOpenStoreIsTouched() throws IOException {
    fill(1 << 20);
    Files.writeString(to, "mine");
    assertThrows(StoreException.class, this::recover);
    assertEquals("mine", Files.readString(to));
    Files.delete(to);
    try (HashStore<String, String> store = records().open(file)) {
      assertThrows(StoreException.class, this::recover);
      assertEquals(expected, store);
    }
  }
}
