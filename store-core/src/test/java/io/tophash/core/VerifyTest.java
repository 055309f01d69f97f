package io.tophash.core;

import static io.tophash.core.testing.Stores.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.format.DescriptorLayout;
import io.tophash.core.format.DirectoryLayout;
import io.tophash.core.format.IntentLayout;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** For each invariant of the table: break it in the file, and {@code verify()} names it. */
@Timeout(120)
@Tag("contract")
class VerifyTest extends BrokenInvariants {
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
