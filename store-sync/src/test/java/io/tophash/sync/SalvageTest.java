package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.SalvageReport;
import io.tophash.core.codec.Codecs;
import io.tophash.core.errors.IncompatibleStoreException;
import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreLockedException;
import io.tophash.core.format.BucketLayout;
import io.tophash.core.testing.Seeds;
import io.tophash.sync.format.DirectoryWord;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.ShardLayout;
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
@Tag("fast")
@Tag("fault")
class SalvageTest {
  private static final int SHARDS = 4;
  private static final int LARGE = 20_000;

  @TempDir Path dir;
  private Path file;
  private Path to;
  private final Map<String, Long> expected = new HashMap<>();
  private final Map<Long, Long> expectedLongs = new HashMap<>();

  @BeforeEach
  void names() {
    file = dir.resolve("damaged.tph");
    to = dir.resolve("new.tph");
  }

  private static SyncStoreBuilder<String, byte[]> records() {
    return SyncStore.builder(Codecs.utf8(), Codecs.bytes()).windowBytes(4 << 20);
  }

  private void fill(Random random) {
    try (SyncStore<String, byte[]> store =
        records().shards(SHARDS).maxSegmentBytes(8_000).open(file)) {
      for (int i = 0; i < 4_000; i++) {
        String key = "key-" + random.nextInt(1_500);
        if (random.nextInt(5) == 0) {
          store.delete(key);
          expected.remove(key);
        } else {
          int bytes = random.nextInt(40) == 0 ? LARGE : 16 + random.nextInt(200);
          store.put(key, Described.value(key, i, bytes));
          expected.put(key, (long) i);
        }
      }
    }
  }

  private void fillLongs() {
    try (LongSyncStore store =
        SyncStore.longs().windowBytes(4 << 20).shards(SHARDS).maxSegmentBytes(8_000).open(file)) {
      for (long i = 0; i < 20_000; i++) {
        store.put(i, Described.value(i, i));
        if (i % 7 == 0) {
          store.delete(i);
        } else {
          expectedLongs.put(i, Described.value(i, i));
        }
      }
    }
  }

  private SalvageReport recover() throws IOException {
    byte[] before = Files.readAllBytes(file);
    SalvageReport report = SyncStoreSalvage.run(file, to, Codecs.utf8(), Codecs.bytes());
    assertArrayEquals(before, Files.readAllBytes(file));
    assertEquals(report.target(), to.toRealPath());
    return report;
  }

  /** Each entry of the new store is one that the key had; returns those that are the last ones. */
  private int check(SalvageReport report) {
    try (SyncStore<String, byte[]> store = records().open(to)) {
      Described.verifyAtRest(store, report.kept());
      int last = 0;
      for (Map.Entry<String, byte[]> entry : store.entrySet()) {
        Long number = expected.get(entry.getKey());
        long found = Described.check(entry.getKey(), entry.getValue());
        last += number != null && number == found ? 1 : 0;
      }
      assertTrue(report.kept() - last <= report.unlinked(), report::toString);
      return last;
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

  private static int directory(int shard) {
    return RegionLayout.shard(shard) + ShardLayout.DIRECTORY;
  }

  @Test
  void aWholeStoreIsKeptCompletely() throws IOException {
    fill(new Random(1));
    SalvageReport report = recover();
    assertTrue(report.isComplete(), report::toString);
    assertEquals(expected.size(), report.kept());
    assertEquals(expected.size(), check(report));
  }

  @Test
  void aWholeStoreOfLongsIsKeptCompletely() {
    fillLongs();
    SalvageReport report = SyncStoreSalvage.run(file, to);
    assertEquals(Map.of("value without a checksum", report.kept()), report.unchecked());
    assertFalse(report.isComplete());
    assertEquals(Map.of(), report.dropped());
    assertEquals(0, report.unlinked());
    checkLongs(report, expectedLongs.size());
  }

  private void checkLongs(SalvageReport report, int expectedCount) {
    try (LongSyncStore store = SyncStore.longs().open(to)) {
      Described.verifyAtRest(store, report.kept());
      store.forEach((k, v) -> assertEquals(expectedLongs.get(k), v));
      assertEquals(expectedCount, store.sizeLong());
    }
  }

  @Test
  void withoutItsHeaderAStoreIsKeptIfItIsSaidWhatItWas() throws IOException {
    fill(new Random(2));
    write(0, new byte[4096]);
    assertThrows(IncompatibleStoreException.class, () -> SyncStoreSalvage.run(file, to));
    SalvageReport report = recover();
    assertEquals(Map.of("header unreadable", 1L), report.dropped());
    assertEquals(expected.size(), check(report));
  }

  @Test
  void withoutItsHeaderAStoreOfLongsIsKeptToo() throws IOException {
    fillLongs();
    write(0, new byte[4096]);
    SalvageReport report = SyncStoreSalvage.run(file, to, Codecs.int64(), Codecs.int64());
    checkLongs(report, expectedLongs.size());
  }

  @Test
  void aLostDirectoryIsReplacedByASearch() throws IOException {
    fill(new Random(3));
    write(directory(1), new byte[8]);
    write(DirectoryWord.position(getLong(directory(2))), new byte[64]);
    SalvageReport report = recover();
    assertTrue(report.unlinked() > 0 && !report.dropped().isEmpty(), report::toString);
    assertEquals(expected.size(), report.kept());
    assertEquals(expected.size(), check(report));
  }

  @Test
  void aLostExtentTableIsNotNeeded() throws IOException {
    fill(new Random(4));
    write(RegionLayout.FIRST_TABLE, new byte[4096]);
    SalvageReport report = recover();
    assertTrue(report.isComplete(), report::toString);
    assertEquals(expected.size(), check(report));
  }

  @Test
  void allDirectoriesOfAStoreOfLongsMayBeLost() throws IOException {
    fillLongs();
    for (int shard = 0; shard < SHARDS; shard++) {
      write(directory(shard), new byte[8]);
    }
    SalvageReport report = SyncStoreSalvage.run(file, to);
    assertEquals(expectedLongs.size(), report.unlinked());
    checkLongs(report, expectedLongs.size());
  }

  @Test
  void aDamagedRecordCostsItsEntryOnly() throws IOException {
    fill(new Random(5));
    try (SyncStore<String, byte[]> store = records().shards(SHARDS).open(file)) {
      store.put("victim", "0123456789 the victim's value 0123456789".getBytes());
      store.put("large", new byte[LARGE]);
      store.put("large", "a large one ".repeat(1_000).getBytes());
    }
    Damage.replace(file, "the victim's", "THE VICTIM'S");
    Damage.replace(file, "large one a large", "large one A large");
    SalvageReport report = recover();
    assertEquals(1L, report.dropped().get("record checksum"));
    assertEquals(1L, report.dropped().get("large record checksum"));
    assertEquals(2, report.droppedCount());
    assertEquals(expected.size(), check(report));
  }

  /**
   * The slots of a bucket are overwritten: the log of the segment still has its entries, but does
   * not say which of two records of a key is newer.
   */
  @Test
  void aDamagedTableIsReplacedByTheLog() throws IOException {
    fill(new Random(6));
    long directory = DirectoryWord.position(getLong(directory(0)));
    long block = SegmentWord.position(getLong(directory));
    byte[] slots = new byte[32];
    java.util.Arrays.fill(slots, (byte) 0x55);
    long bucket = block + SegmentLayout.HEADER_BYTES;
    while (getLong(bucket) == 0) {
      bucket += SegmentLayout.RECORD_BUCKET_BYTES; // an empty one
    }
    write(bucket + SegmentLayout.RECORD_SLOTS, slots);
    SalvageReport report = recover();
    assertTrue(report.dropped().get("record of a bad length") > 0, report::toString);
    assertTrue(report.unlinked() > 0, report::toString);
    assertTrue(check(report) >= expected.size() - BucketLayout.CELLS, report::toString);
    try (SyncStore<String, byte[]> store = records().open(to)) {
      assertTrue(store.keySet().containsAll(expected.keySet()), "each key has a value it had");
    }
  }

  @Test
  void aFileThatWasCutGivesWhatIsLeft() throws IOException {
    fill(new Random(7));
    long length = Files.size(file);
    int before = Integer.MAX_VALUE;
    for (int part = 8; part >= 1; part--) {
      Files.deleteIfExists(to);
      try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
        out.setLength(length * part / 8);
      }
      SalvageReport report = recover();
      int kept = check(report);
      assertTrue(kept <= before);
      before = kept;
    }
    Files.deleteIfExists(to);
    Files.write(file, new byte[0]);
    assertEquals(0, recover().kept());
  }

  /** Whatever was overwritten: no wrong value, no failure, and nothing lost that was not hit. */
  @Test
  void randomDamageNeverGivesAWrongValue() {
    Seeds.run(
        40,
        seed -> {
          Random random = new Random(seed);
          fill(random);
          byte[] whole = Files.readAllBytes(file);
          int kept = 0;
          int rounds = 12;
          for (int round = 0; round < rounds; round++) {
            Files.write(file, whole);
            Files.deleteIfExists(to);
            for (int i = 0; i <= round; i++) {
              byte[] garbage = new byte[1 + random.nextInt(random.nextBoolean() ? 8 : 600)];
              random.nextBytes(garbage);
              // Behind the header, mostly where something is.
              write(4096 + (long) (random.nextDouble() * (whole.length / 2)), garbage);
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
    fill(new Random(8));
    Files.writeString(to, "mine");
    assertThrows(StoreException.class, this::recover);
    assertEquals("mine", Files.readString(to));
    Files.delete(to);
    try (SyncStore<String, byte[]> store = records().shards(SHARDS).open(file)) {
      assertThrows(StoreLockedException.class, this::recover);
      assertEquals(expected.size(), store.sizeLong());
    }
  }
}
