package io.tophash.core;

import static io.tophash.core.testing.Stores.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.format.DescriptorLayout;
import io.tophash.core.format.DirectoryLayout;
import io.tophash.core.format.IntentLayout;
import io.tophash.core.format.RecordLayout;
import io.tophash.core.table.TableProbe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** For each invariant: break it in the file, and {@code verify()} names it with its position. */
@Timeout(120)
class VerifyTest {
  @TempDir Path directory;

  private static final long ANYWHERE = -1;

  /** Breaks something; returns the position that the finding must name. */
  @FunctionalInterface
  private interface Damage {
    long apply(DamagedFile<?, ?> file, TableProbe probe);
  }

  private static Map<Long, Long> longContent() {
    Map<Long, Long> content = new LinkedHashMap<>();
    for (int n = 0; n < 20; n++) {
      content.put(key(0x40 + n, n, 2), (long) n);
    }
    for (int n = 0; n < 6; n++) {
      content.put(key(0x50 + n, n, 5), (long) n);
    }
    return content;
  }

  private static Map<String, String> textContent(int count) {
    Map<String, String> content = new LinkedHashMap<>();
    for (int n = 0; n < count; n++) {
      content.put("key" + n, "value".repeat(1 + n % 7) + n);
    }
    return content;
  }

  private void finds(String problem, Damage damage) throws IOException {
    check(DamagedFile.longs(directory.resolve("longs")).fill(longContent()), problem, damage);
  }

  private void findsInRecords(String problem, Damage damage) throws IOException {
    check(DamagedFile.records(directory.resolve("records")).fill(textContent(40)), problem, damage);
  }

  private void findsWhileGrowing(String problem, Damage damage) throws IOException {
    Map<Long, Long> content = new LinkedHashMap<>();
    for (int n = 0; n < 53; n++) {
      content.put(key(0x40 + n, n, n % 8), (long) n);
    }
    check(DamagedFile.longs(directory.resolve("growing")).fill(content), problem, damage);
  }

  private static void check(DamagedFile<?, ?> file, String problem, Damage damage)
      throws IOException {
    assertEquals(List.of(), file.verify());
    long[] position = new long[1];
    file.probe(probe -> position[0] = damage.apply(file, probe));
    List<String> findings = file.verify();
    assertTrue(
        findings.stream()
            .anyMatch(
                finding ->
                    finding.contains(problem)
                        && (position[0] == ANYWHERE
                            || finding.contains(" at " + position[0] + ":")
                            || finding.contains("position=" + position[0]))),
        () -> "problem=" + problem + " position=" + position[0] + " findings=" + findings);
  }

  private static void putByte(DamagedFile<?, ?> file, long position, int value) {
    file.bytes.put((int) position, (byte) value);
  }

  private static void putLong(DamagedFile<?, ?> file, long position, long value) {
    file.bytes.putLong((int) position, value);
  }

  @Test
  void aChangedTophashByte() throws IOException {
    finds(
        "the tophash byte is not that of the key, cell=3",
        (file, probe) -> {
          putByte(file, probe.bucket(2) + 3, 0x99);
          return probe.bucket(2);
        });
  }

  @Test
  void aChangedKey() throws IOException {
    finds(
        "the key belongs to another bucket, cell=1",
        (file, probe) -> {
          putLong(file, probe.bucket(5) + probe.layout().key(1), key(0x51, 1, 4));
          return probe.bucket(5);
        });
    finds(
        "the key stands twice in its chain, cell=1",
        (file, probe) -> {
          putLong(file, probe.bucket(5) + probe.layout().key(1), key(0x50, 0, 5));
          putByte(file, probe.bucket(5) + 1, 0x50);
          return probe.bucket(5);
        });
  }

  @Test
  void swappedEntries() throws IOException {
    finds(
        "the key belongs to another bucket, cell=2",
        (file, probe) -> {
          long one = probe.bucket(5) + probe.layout().key(2);
          long two = probe.bucket(2) + probe.layout().key(2);
          long key = file.bytes.getLong((int) one);
          putLong(file, one, file.bytes.getLong((int) two));
          putLong(file, two, key);
          putByte(file, probe.bucket(5) + 2, 0x42);
          putByte(file, probe.bucket(2) + 2, 0x52);
          return probe.bucket(5);
        });
    findsInRecords(
        "the tophash byte is not that of the key",
        (file, probe) -> {
          long bucket = longest(probe);
          long word = probe.word(bucket);
          int cell = (word & 0xFF) == (word >>> 8 & 0xFF) ? 2 : 1;
          assertTrue((word & 0xFF) != (word >>> 8 * cell & 0xFF));
          long one = file.bytes.getLong((int) bucket + probe.layout().key(0));
          long two = file.bytes.getLong((int) bucket + probe.layout().key(cell));
          putLong(file, bucket + probe.layout().key(0), two);
          putLong(file, bucket + probe.layout().key(cell), one);
          return bucket;
        });
  }

  private static long longest(TableProbe probe) {
    long longest = probe.bucket(0);
    for (int i = 1; i < 8; i++) {
      if (probe.keys(probe.bucket(i)).size() > probe.keys(longest).size()) {
        longest = probe.bucket(i);
      }
    }
    return longest;
  }

  @Test
  void anOverflowLinkThatLeadsOutside() throws IOException {
    for (long link : new long[] {1L << 40, -8, 8, 0x7FFF_FFFF_FFFF_FFF0L}) {
      finds(
          "a reference leads outside the store",
          (file, probe) -> {
            putLong(file, probe.bucket(2) + probe.layout().overflow(), link);
            return link;
          });
    }
  }

  @Test
  void aCircleOfBuckets() throws IOException {
    for (int target = 0; target < 3; target++) {
      int back = target;
      finds(
          "a chain of buckets is circular",
          (file, probe) -> {
            List<Long> chain = probe.chain(probe.bucket(2));
            assertEquals(3, chain.size());
            putLong(file, chain.get(2) + probe.layout().overflow(), chain.get(back) | 1);
            // Nothing may end the walk before it has gone round.
            putLong(file, chain.get(2), probe.word(chain.get(0)));
            return ANYWHERE;
          });
    }
  }

  @Test
  void aLostOverflowLink() throws IOException {
    finds(
        "it is allocated but nothing refers to it",
        (file, probe) -> {
          List<Long> chain = probe.chain(probe.bucket(2));
          putLong(file, chain.get(1) + probe.layout().overflow(), 0);
          return chain.get(2);
        });
  }

  @Test
  void wrongCounters() throws IOException {
    int[] offsets = {
      DescriptorLayout.COUNT, DescriptorLayout.NOVERFLOW, DescriptorLayout.NEXT_OVERFLOW
    };
    String[] names = {"the count is wrong", "noverflow is wrong", "nextOverflow is wrong"};
    for (int i = 0; i < offsets.length; i++) {
      int offset = offsets[i];
      finds(
          names[i],
          (file, probe) -> {
            long at = probe.descriptor() + offset;
            putLong(file, at, file.bytes.getLong((int) at) + 1);
            return probe.descriptor();
          });
      finds(
          "a counter is negative",
          (file, probe) -> {
            putLong(file, probe.descriptor() + offset, -1);
            return probe.descriptor();
          });
    }
  }

  @Test
  void codesThatDoNotGoTogether() throws IOException {
    finds(
        "emptyOne before emptyRest, cell=6",
        (file, probe) -> {
          putByte(file, probe.bucket(5) + 5, 1);
          return probe.bucket(5);
        });
    finds(
        "a cell behind emptyRest is not empty, cell=4",
        (file, probe) -> {
          putByte(file, probe.bucket(5) + 3, 0);
          return probe.bucket(5);
        });
    finds(
        "an evacuation code in a live chain, cell=3",
        (file, probe) -> {
          putByte(file, probe.bucket(5) + 3, 2);
          return probe.bucket(5);
        });
    finds(
        "the chain ends with emptyOne",
        (file, probe) -> {
          long last = probe.chain(probe.bucket(2)).get(2);
          putLong(file, last, 0x0101_0101_0101_0101L);
          return last;
        });
    finds(
        "a cell behind emptyRest is not empty",
        (file, probe) -> {
          putByte(file, probe.bucket(2) + 7, 0);
          return probe.chain(probe.bucket(2)).get(1);
        });
  }

  @Test
  void blocksThatDoNotAgreeWithTheAllocator() throws IOException {
    findsInRecords(
        "it is in use but not allocated",
        (file, probe) -> {
          long record = file.bytes.getLong((int) longest(probe) + probe.layout().value(0));
          flipBit(file, record);
          return record;
        });
    findsInRecords(
        "it is allocated but nothing refers to it",
        (file, probe) -> {
          long last = 0;
          for (int i = 0; i < 8; i++) {
            for (long bucket : probe.chain(probe.bucket(i))) {
              for (int cell = 0; cell < 8; cell++) {
                last = Math.max(last, file.bytes.getLong((int) bucket + probe.layout().key(cell)));
              }
            }
          }
          long next = last + 16;
          flipBit(file, next);
          return next;
        });
    findsInRecords(
        "two references lead to it",
        (file, probe) -> {
          int cells = (int) longest(probe) + probe.layout().value(0);
          long record = file.bytes.getLong(cells);
          putLong(file, cells + 8, record);
          return record;
        });
    findsInRecords(
        "it is in use but not allocated",
        (file, probe) -> {
          long page = probe.directory() >>> 14;
          file.bytes.putInt(
              (int) (page >>> 2 << 16) + (page < 4 ? 1 << 14 : 0) + 4 * ((int) page & 3), 0);
          return probe.directory();
        });
  }

  /** Turns over the allocator's bit of the block at this position. */
  private static void flipBit(DamagedFile<?, ?> file, long position) {
    long window = position >>> 16;
    int table = (int) (window << 16) + (window == 0 ? 1 << 14 : 0);
    int page = (int) (position >>> 14 & 3);
    int word = file.bytes.getInt(table + 4 * page);
    if (io.tophash.core.format.SpanLayout.isInner(word)) {
      page -= io.tophash.core.format.SpanLayout.count(word);
      word = file.bytes.getInt(table + 4 * page);
    }
    int sizeClass = io.tophash.core.format.SpanLayout.sizeClass(word);
    long span = (window << 16) + ((long) page << 14);
    long inBlocks = position - span - io.tophash.core.format.SizeClasses.bitmapBytes(sizeClass);
    int block = (int) (inBlocks / io.tophash.core.format.SizeClasses.blockBytes(sizeClass));
    int at = (int) span + (block >>> 6 << 3);
    file.bytes.putLong(at, file.bytes.getLong(at) ^ 1L << block);
  }

  @Test
  void damagedRecords() throws IOException {
    for (boolean value : new boolean[] {false, true}) {
      findsInRecords(
          "the checksum does not match",
          (file, probe) -> {
            long record = record(file, probe, value);
            long at = record + RecordLayout.PAYLOAD;
            putByte(file, at, file.bytes.get((int) at) ^ 1);
            return record;
          });
      findsInRecords(
          "the checksum does not match",
          (file, probe) -> {
            long record = record(file, probe, value);
            putByte(file, record + RecordLayout.CHECKSUM, ~file.bytes.get((int) record + 4));
            return record;
          });
      for (int length : new int[] {-1, Integer.MIN_VALUE}) {
        findsInRecords(
            "negative length",
            (file, probe) -> {
              long record = record(file, probe, value);
              file.bytes.putInt((int) record + RecordLayout.LENGTH, length);
              return record;
            });
      }
      findsInRecords(
          "it is longer than its block",
          (file, probe) -> {
            long record = record(file, probe, value);
            file.bytes.putInt((int) record + RecordLayout.LENGTH, 600);
            return record;
          });
      findsInRecords(
          "a reference leads outside the store",
          (file, probe) -> {
            long record = record(file, probe, value);
            file.bytes.putInt((int) record + RecordLayout.LENGTH, Integer.MAX_VALUE);
            return record;
          });
      for (long position : new long[] {0, 8, 1L << 50, -16, Long.MAX_VALUE}) {
        findsInRecords(
            "a reference leads outside the store",
            (file, probe) -> {
              int cell = value ? probe.layout().value(0) : probe.layout().key(0);
              putLong(file, longest(probe) + cell, position);
              return position;
            });
      }
    }
  }

  private static long record(DamagedFile<?, ?> file, TableProbe probe, boolean value) {
    int cell = value ? probe.layout().value(0) : probe.layout().key(0);
    return file.bytes.getLong((int) longest(probe) + cell);
  }

  @Test
  void brokenPromisesOfAGrowth() throws IOException {
    findsWhileGrowing(
        "it lies before the mark and is not evacuated",
        (file, probe) -> {
          assertEquals(1, probe.nevacuate());
          putLong(file, probe.descriptor() + DescriptorLayout.NEVACUATE, 3);
          return probe.oldBucket(2);
        });
    findsWhileGrowing(
        "it has entries before its old bucket was evacuated",
        (file, probe) -> {
          putByte(file, probe.bucket(3), 0x50);
          return probe.bucket(3);
        });
    findsWhileGrowing(
        "the count is wrong",
        (file, probe) -> {
          putByte(file, probe.oldBucket(3), 4);
          return probe.descriptor();
        });
  }

  @Test
  void aDescriptorOrDirectoryWithAnotherSize() throws IOException {
    for (int b : new int[] {-1, 2, 4, 30, 36, 40, 41, Integer.MAX_VALUE}) {
      finds(
          "size",
          (file, probe) -> {
            file.bytes.putInt((int) probe.descriptor() + DescriptorLayout.B, b);
            return probe.descriptor();
          });
      finds(
          "sizes disagree",
          (file, probe) -> {
            file.bytes.putInt((int) probe.directory() + DirectoryLayout.B, b);
            return b == 2 || b == 4 ? probe.descriptor() : probe.directory();
          });
    }
    finds(
        "a reference leads outside the store",
        (file, probe) -> {
          putLong(file, probe.directory() + DirectoryLayout.CHUNKS, 1L << 44);
          return 1L << 44;
        });
  }

  @Test
  void anOperationUnderWay() throws IOException {
    finds(
        "the last writer was killed in the middle of an operation",
        (file, probe) -> {
          putLong(file, IntentLayout.KIND, IntentLayout.INSERT);
          return ANYWHERE;
        });
  }
}
