package io.tophash.core.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The picture of the header and of what stands in it. */
@Tag("contract")
class HeaderLayoutTest {
  @Test
  void theHeaderHasItsFieldsWhereTheFormatSays() {
    Fields.of(HeaderLayout.class)
        .longAt("MAGIC", 0)
        .intAt("VERSION", 8)
        .intAt("KIND", 12)
        .intAt("WINDOW_SHIFT", 16)
        .intAt("PAGE_SHIFT", 20)
        .intAt("CHUNK_SHIFT", 24)
        .intAt("FLAGS", 28)
        .intAt("KEY_FIXED_BYTES", 32)
        .intAt("VALUE_FIXED_BYTES", 36)
        .longAt("CREATED_MS", 40)
        .longAt("STORE_ID", 48)
        .field("HASH_NAME", 64, 64, 1)
        .field("KEY_CODEC", 128, 128, 1)
        .field("VALUE_CODEC", 256, 128, 1)
        .intAt("CHECKSUM", 508)
        .longAt("UNCLEAN", 512)
        .field("BOOT_ID", 520, 16, 8)
        .longAt("SELECTOR", 576)
        .field("DESCRIPTORS", 640, 128, 64)
        .field("INTENT", 768, 128, 8)
        .longAt("NEXT_DIRECTORY", 896)
        .longAt("RELEASING_DIRECTORY", 904)
        .longAt("CLEARING", 912)
        .longAt("LIMIT_PAGES", 960)
        .longAt("FRESH_PAGE", 968)
        .longAt("FREE_PAGES", 976)
        .longAt("SUMS", 984)
        .field("CLASS_COUNTS", 1024, 16 * SizeClasses.count(), 8)
        .field("UNDO", 2048, 16 + BucketLayout.MAX_INLINE_BYTES, 8)
        .constant("FLAG_CACHE", 1)
        .constant("MAGIC_VALUE", 0x0048534148504F54L)
        .constant("VERSION_VALUE", 1)
        .constant("KIND_HASH", 1)
        .constant("KIND_SYNC", 2)
        .constant("HASH_NAME_BYTES", 64)
        .constant("CODEC_BYTES", 128)
        .constant("SEALED_BYTES", 512)
        .constant("BYTES", 4096)
        .fillNoMoreThan(0, 4096);
  }

  @Test
  void theSealedPartEndsWithItsChecksum() {
    assertEquals(HeaderLayout.SEALED_BYTES, HeaderLayout.CHECKSUM + 4);
    assertTrue(HeaderLayout.VALUE_CODEC + HeaderLayout.CODEC_BYTES <= HeaderLayout.CHECKSUM);
    assertTrue(HeaderLayout.UNCLEAN >= HeaderLayout.SEALED_BYTES);
  }

  @Test
  void theMagicReadsAsText() {
    byte[] bytes = new byte[8];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(HeaderLayout.MAGIC_VALUE);
    assertArrayEquals("TOPHASH\0".getBytes(StandardCharsets.US_ASCII), bytes);
  }

  @Test
  void theHeaderLiesInFrontOfTheFirstPageTable() {
    assertTrue(HeaderLayout.BYTES <= SpanLayout.tableOffset(0));
  }

  @Test
  void aDescriptorFillsOneCacheLine() {
    Fields.of(DescriptorLayout.class)
        .longAt("COUNT", 0)
        .intAt("B", 8)
        .intAt("SAME_SIZE", 12)
        .longAt("SEED", 16)
        .longAt("BUCKETS", 24)
        .longAt("OLD_BUCKETS", 32)
        .longAt("NEVACUATE", 40)
        .longAt("NOVERFLOW", 48)
        .longAt("NEXT_OVERFLOW", 56)
        .constant("BYTES", 64)
        .fillNoMoreThan(0, 64);
  }

  @Test
  void theSelectorChoosesOneOfTwoDescriptors() {
    assertEquals(640, DescriptorLayout.position(0));
    assertEquals(704, DescriptorLayout.position(1));
    assertEquals(HeaderLayout.INTENT, DescriptorLayout.position(1) + DescriptorLayout.BYTES);
    // A damaged selector leads to one of the two all the same.
    assertEquals(704, DescriptorLayout.position(-1));
    assertEquals(640, DescriptorLayout.position(Long.MIN_VALUE));
  }

  @Test
  void theIntentFillsItsPlaceInTheHeader() {
    Fields.of(IntentLayout.class)
        .longAt("KIND", 768)
        .longAt("BUCKET", 776)
        .longAt("CELL", 784)
        .longAt("HEAD", 792)
        .longAt("COUNT_BEFORE", 800)
        .longAt("NOVERFLOW_BEFORE", 808)
        .longAt("NEXT_OVERFLOW_BEFORE", 816)
        .longAt("PENDING_KEY", 832)
        .longAt("PENDING_VALUE", 840)
        .longAt("PENDING_OVERFLOW", 848)
        .longAt("PENDING_CHUNK", 856)
        .longAt("PENDING_CHUNK_SLOT", 864)
        .longAt("RETIRED_KEY", 872)
        .longAt("RETIRED_VALUE", 880)
        .longAt("RETIRED_CHUNK", 888)
        .constant("NONE", 0)
        .constant("INSERT", 1)
        .constant("INSERT_OVERFLOW", 2)
        .constant("REPLACE", 3)
        .constant("DELETE", 4)
        .constant("EVACUATE", 5)
        .constant("MOVE_KEY", 6)
        .fillNoMoreThan(HeaderLayout.INTENT, HeaderLayout.NEXT_DIRECTORY);
  }
}
