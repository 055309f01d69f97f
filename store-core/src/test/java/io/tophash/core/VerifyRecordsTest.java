package io.tophash.core;

import io.tophash.core.format.RecordLayout;
import io.tophash.core.format.SizeClasses;
import io.tophash.core.format.SpanLayout;
import io.tophash.core.table.TableProbe;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** For each invariant of records and blocks: break it, and {@code verify()} names it. */
@Timeout(120)
@Tag("fault")
class VerifyRecordsTest extends BrokenInvariants {
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
    if (SpanLayout.isInner(word)) {
      page -= SpanLayout.count(word);
      word = file.bytes.getInt(table + 4 * page);
    }
    int sizeClass = SpanLayout.sizeClass(word);
    long span = (window << 16) + ((long) page << 14);
    long inBlocks = position - span - SizeClasses.bitmapBytes(sizeClass);
    int block = (int) (inBlocks / SizeClasses.blockBytes(sizeClass));
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
}
