package io.tophash.core.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The picture of a bucket. */
@Tag("contract")
class BucketLayoutTest {
  @Test
  void theConstantsAreThoseOfTheFormat() {
    assertEquals(8, BucketLayout.CELLS);
    assertEquals(0, BucketLayout.TOPHASH);
    assertEquals(8, BucketLayout.DATA_OFFSET);
    assertEquals(128, BucketLayout.MAX_INLINE_BYTES);
  }

  @Test
  void aBucketOfLongsTakes144Bytes() {
    BucketLayout layout = new BucketLayout(8, 8);
    assertEquals(8, layout.key(0));
    assertEquals(64, layout.key(7));
    assertEquals(72, layout.value(0));
    assertEquals(128, layout.value(7));
    assertEquals(136, layout.overflow());
    assertEquals(144, layout.bytes());
    assertFalse(layout.indirectKeys());
    assertFalse(layout.indirectValues());
  }

  @ParameterizedTest
  @CsvSource({
    "0,0,0",
    "1,1,0",
    "2,4,0",
    "3,4,0",
    "4,4,0",
    "5,8,0",
    "7,8,0",
    "8,8,0",
    "9,16,0",
    "16,16,0",
    "17,24,0",
    "100,104,0",
    "127,128,0",
    "128,128,0",
    "129,8,1",
    "1000,8,1",
    "-1,8,1"
  })
  void aCellHoldsItsValueOrAPosition(int fixedBytes, int cellBytes, int indirect) {
    BucketLayout key = new BucketLayout(fixedBytes, 8);
    assertEquals(cellBytes, key.keyCellBytes());
    assertEquals(indirect == 1, key.indirectKeys());
    assertEquals(8, key.valueCellBytes());
    assertFalse(key.indirectValues());
    BucketLayout value = new BucketLayout(8, fixedBytes);
    assertEquals(cellBytes, value.valueCellBytes());
    assertEquals(indirect == 1, value.indirectValues());
    assertEquals(8, value.keyCellBytes());
    assertFalse(value.indirectKeys());
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1, 2, 4, 5, 8, 12, 16, 33, 64, 128, 129})
  void cellsFollowEachOtherByTheArithmeticOfGo(int keyFixedBytes) {
    for (int valueFixedBytes : new int[] {-1, 0, 1, 3, 4, 8, 16, 40, 128, 200}) {
      BucketLayout layout = new BucketLayout(keyFixedBytes, valueFixedBytes);
      int dataOffset = 8;
      int keySize = layout.keyCellBytes();
      int valueSize = layout.valueCellBytes();
      for (int i = 0; i < 8; i++) {
        assertEquals(dataOffset + i * keySize, layout.key(i));
        assertEquals(dataOffset + 8 * keySize + i * valueSize, layout.value(i));
        // What one store writes is aligned for it.
        assertEquals(0, layout.key(i) % Math.max(1, Math.min(8, keySize)));
        assertEquals(0, layout.value(i) % Math.max(1, Math.min(8, valueSize)));
      }
      assertTrue(keySize >= Math.min(keyFixedBytes, 8));
      assertEquals(dataOffset + 8 * keySize + 8 * valueSize, layout.overflow());
      assertEquals(0, layout.overflow() % 8);
      assertEquals(layout.overflow() + 8, layout.bytes());
    }
  }

  @Test
  void aDirectoryIsAHeadAndOneWordForEachChunk() {
    Fields.of(DirectoryLayout.class)
        .intAt("B", 0)
        .intAt("CHUNK_COUNT", 4)
        .longAt("RESERVED", 8)
        .longAt("CHUNKS", 16)
        .fillNoMoreThan(0, 24);
    assertEquals(16, DirectoryLayout.bytes(0));
    assertEquals(24, DirectoryLayout.bytes(1));
    assertEquals(16 + 8L * 200_000_000, DirectoryLayout.bytes(200_000_000));
    assertEquals(16, DirectoryLayout.chunk(0));
    assertEquals(24, DirectoryLayout.chunk(1));
  }

  @Test
  void fromB4OnASixteenthMoreBucketsArePreallocated() {
    for (int b = 0; b <= 40; b++) {
      long extra = b < 4 ? 0 : 1L << (b - 4);
      assertEquals(extra, DirectoryLayout.preallocatedOverflow(b));
      assertEquals((1L << b) + extra, DirectoryLayout.bucketCount(b));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 7, 12})
  void theChunksHoldAllBucketsAndNoMore(int chunkShift) {
    for (int b = 0; b <= 14; b++) {
      int chunks = DirectoryLayout.chunkCount(b, chunkShift);
      long sum = 0;
      for (int i = 0; i < chunks; i++) {
        long buckets = DirectoryLayout.bucketsInChunk(b, chunkShift, i);
        assertTrue(buckets >= 1 && buckets <= 1L << chunkShift);
        assertTrue(i == chunks - 1 || buckets == 1L << chunkShift, "only the last one is shorter");
        sum += buckets;
      }
      assertEquals(DirectoryLayout.bucketCount(b), sum);
    }
  }

  @Test
  void aRecordIsAHeadAndItsPayload() {
    Fields.of(RecordLayout.class)
        .intAt("LENGTH", 0)
        .intAt("CHECKSUM", 4)
        .longAt("PAYLOAD", 8)
        .fillNoMoreThan(0, 16);
    assertEquals(8, RecordLayout.bytes(0));
    assertEquals(13, RecordLayout.bytes(5));
    assertEquals(8L + Integer.MAX_VALUE, RecordLayout.bytes(Integer.MAX_VALUE));
  }
}
