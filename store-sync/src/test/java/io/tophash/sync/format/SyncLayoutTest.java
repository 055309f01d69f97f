package io.tophash.sync.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.format.Fields;
import io.tophash.core.format.HeaderLayout;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The pictures of docs/format.md, "SyncStore". */
@Tag("contract")
class SyncLayoutTest {
  @Test
  void theRegionsOfExtentZeroFollowEachOther() {
    Fields.of(RegionLayout.class)
        .field("FIRST_TABLE", 4096, 4 << 30 - RegionLayout.EXTENT_SHIFT, 4)
        .field("ROOTS", 20_480, 2 * RootLayout.SLOT_BYTES, 8)
        .field("EPOCHS", 28_672, EpochLayout.BYTES, 8)
        .field("SHARDS", 32_768, 64 * ShardLayout.BYTES, 64)
        .field("PROCESSES", 65_536, 64 * ProcessLayout.BYTES, 64)
        .field("WINDOWS", 196_608, 4 * RegionLayout.MAX_WINDOWS, 4)
        .constant("EXTENT_SHIFT", 18)
        .constant("EXTENT_BYTES", 262_144)
        .constant("MIN_WINDOW_SHIFT", 20)
        .constant("MAX_SHARD_SHIFT", 6)
        .constant("PROCESS_COUNT", 64)
        .field("TAGS", 229_376, 8 * CacheLayout.TAGS, 8)
        .constant("MAX_WINDOWS", 8_192)
        .fillNoMoreThan(HeaderLayout.BYTES, RegionLayout.EXTENT_BYTES);
    assertEquals(RegionLayout.SHARDS + 5 * 512, RegionLayout.shard(5));
    assertEquals(RegionLayout.PROCESSES + 63 * 2048, RegionLayout.process(63));
  }

  @Test
  void theWordsOfAShardThatManyReadAreOnLinesOfTheirOwn() {
    Fields.of(ShardLayout.class)
        .longAt("LOCK", 0)
        .longAt("STATE", 8)
        .longAt("LOCK_WAITS", 16)
        .longAt("LOCK_WAIT_NANOS", 24)
        .longAt("DIRECTORY", 64)
        .longAt("COUNT", 128)
        .longAt("USED_BYTES", 136)
        .longAt("MAX_BYTES", 144)
        .longAt("MAX_ENTRIES", 152)
        .longAt("HAND", 160)
        .longAt("NEW_BLOCK_0", 192)
        .longAt("NEW_BLOCK_1", 200)
        .longAt("OLD_BLOCK_0", 208)
        .longAt("OLD_BLOCK_1", 216)
        .longAt("NEW_DIRECTORY", 224)
        .longAt("OLD_DIRECTORY", 232)
        .longAt("NEW_LARGE", 240)
        .longAt("OLD_LARGE", 248)
        .longAt("CLEARING", 256)
        .longAt("SWEPT_AT", 264)
        .longAt("PARTS_FROM", 272)
        .longAt("PARTS_END", 280)
        .longAt("LANE_TAIL", 288)
        .longAt("LANE_APPLIED", 296)
        .longAt("PARTS_BATCH", 304)
        .longAt("COPIES", 312)
        .longAt("INSERTS", 320)
        .longAt("REBUILDS", 328)
        .longAt("SPLITS", 336)
        .longAt("MERGES", 344)
        .longAt("PROMOTIONS", 352)
        .longAt("TAKEOVERS", 360)
        .longAt("MISSES", 368)
        .longAt("CLEARS", 376)
        .field("CACHE_COUNTERS", 384, 8 * CacheLayout.COUNTERS, 8)
        .constant("BYTES", 512)
        .fillNoMoreThan(0, 512);
  }

  @Test
  void aSegmentBeginsWithItsHeader() {
    Fields.of(SegmentLayout.class)
        .longAt("WORD", 0)
        .longAt("NIL", 8)
        .constant("SEED", 8)
        .longAt("PREFIX", 16)
        .intAt("LOCAL_DEPTH", 24)
        .intAt("DIRTY_BUCKETS", 28)
        .intAt("LOG_START", 32)
        .intAt("LOG_END", 36)
        .intAt("BLOCK_BYTES", 40)
        .intAt("CHECKSUM", 44)
        .intAt("TAIL", 48)
        .intAt("SPARE", 52)
        .constant("SUM", 56)
        .intAt("HAND", 56)
        .intAt("NEXT_EXPIRY", 60)
        .constant("HEADER_BYTES", 64)
        .constant("INLINE_BUCKET_BYTES", 144)
        .constant("INLINE_OVERFLOW", 136)
        .constant("RECORD_BUCKET_BYTES", 64)
        .constant("RECORD_EXTRAS", 8)
        .constant("RECORD_SLOTS", 24)
        .constant("RECORD_OVERFLOW", 56)
        .constant("USUAL_NIL", 0x9E37_79B9_7F4A_7C15L)
        .fillNoMoreThan(0, 64);
  }

  @Test
  void aSlotHasBitsForNilMarksVersionAndReference() {
    Fields.of(SlotWord.class)
        .constant("NIL", 0x8000_0000)
        .constant("MARKS", 0x6000_0000)
        .constant("MAX_VERSION", 511)
        .constant("UNIT_BYTES", 4)
        .constant("REACH_BYTES", 4 << 20)
        .fillNoMoreThan(0, 0);
    Random random = new Random(11);
    for (int i = 0; i < 1000; i++) {
      int offset = random.nextInt(SlotWord.REACH_BYTES) & -SlotWord.UNIT_BYTES;
      int version = random.nextInt(SlotWord.MAX_VERSION + 1);
      int marks = random.nextInt() & SlotWord.MARKS;
      int plain = SlotWord.withVersion(SlotWord.of(offset), version);
      assertEquals(offset / 4 | version << 20, plain);
      int slot = SlotWord.withMarksOf(plain, marks | SlotWord.NIL);
      assertEquals(plain | marks, slot);
      assertFalse(SlotWord.isNil(slot));
      assertTrue(SlotWord.isNil(SlotWord.nil(slot)));
      for (int each : new int[] {slot, SlotWord.nil(slot)}) {
        assertEquals(offset, SlotWord.offset(each));
        assertEquals(version, SlotWord.version(each));
      }
      assertTrue(SlotWord.isSame(slot, plain));
      assertFalse(SlotWord.isSame(slot, SlotWord.nil(plain)));
      assertFalse(SlotWord.isSame(slot, plain ^ 1 << random.nextInt(29)));
    }
  }

  @Test
  void aSpareWordHasBitsForSizeAndReference() {
    Fields.of(SpareWord.class).fillNoMoreThan(0, 0);
    Random random = new Random(12);
    for (int i = 0; i < 1000; i++) {
      int offset = random.nextInt(SlotWord.REACH_BYTES) & -SlotWord.UNIT_BYTES;
      int units = random.nextInt(1 + SyncRecordLayout.MAX_SMALL_BYTES / SlotWord.UNIT_BYTES);
      int word = SpareWord.of(offset, units * SlotWord.UNIT_BYTES);
      assertEquals(offset / 4 | units << 20, word);
      assertEquals(offset, SpareWord.offset(word));
      assertEquals(units * SlotWord.UNIT_BYTES, SpareWord.bytes(word));
    }
    assertEquals(0, SpareWord.bytes(0));
  }

  @Test
  void aRootHasTwoCopiesOfOneSlotForEachShard() {
    Fields.of(RootLayout.class)
        .longAt("MAGIC", 0)
        .longAt("EPOCH", 8)
        .field("BOOT_ID", 16, 16, 8)
        .longAt("STORE_ID", 32)
        .longAt("FILE_BYTES", 40)
        .longAt("CUT_MS", 48)
        .longAt("LEVEL", 56)
        .longAt("MAX_LOSS_MS", 64)
        .longAt("LOG_START", 72)
        .longAt("LOG_RUN", 80)
        .longAt("LOG_KEEP", 88)
        .field("DIRECTORY_SUMS", 128, 64 * Integer.BYTES, 4)
        .intAt("CHECKSUM", 508)
        .field("SHARDS", 512, 64 * RootLayout.SHARD_BYTES, 8)
        .constant("MAGIC_VALUE", 0x54_4F_4F_52_48_50_4F_54L)
        .constant("SHARD_BYTES", 24)
        .constant("SHARD_COUNT", 8)
        .constant("SHARD_LANE", 16)
        .constant("COPY_BYTES", 2048)
        .constant("COPIES", 2)
        .constant("SLOT_BYTES", 4096)
        .fillNoMoreThan(0, 2048);
    assertEquals(24_576, RootLayout.slot(1));
    assertEquals(2024, RootLayout.shard(63));
    assertEquals(380, RootLayout.directorySum(63));
  }

  @Test
  void theEpochWordsHaveAPageOfTheirOwn() {
    Fields.of(EpochLayout.class)
        .longAt("DURABLE", 0)
        .longAt("REUSE_BELOW", 8)
        .longAt("CUTTING", 16)
        .longAt("ROOT_SLOT", 24)
        .longAt("BROKEN", 32)
        .longAt("DURABLE_MS", 40)
        .longAt("CHECKPOINTS", 48)
        .longAt("STALLED_BY", 56)
        .longAt("LEVEL", 64)
        .longAt("MAX_LOSS_MS", 72)
        .longAt("TAKEN_BY", 80)
        .longAt("TAKEN_SINCE_MS", 88)
        .longAt("RECOVERED", 96)
        .longAt("RECOVERED_CUT_MS", 104)
        .longAt("RECOVERED_MS", 112)
        .longAt("LANES", 120)
        .longAt("FLUSH", 128)
        .longAt("BATCH", 136)
        .longAt("LOG_RUN", 144)
        .field("LOG_PLACES", 152, 16, 8)
        .longAt("LOG_START", 168)
        .longAt("LOG_BYTES", 176)
        .longAt("LOG_FLUSHES", 184)
        .longAt("LOG_BYTES_CUT", 192)
        .longAt("LOG_START_RUN", 200)
        .longAt("LOG_KEEP", 208)
        .constant("LOG_KEEP_DEFAULT", 64 << 20)
        .longAt("LOG_CHANGES", 216)
        .longAt("RECOVERED_LOG", 224)
        .longAt("RECOVERED_CHANGES", 232)
        .longAt("SUMMED", 488)
        .longAt("FULL", 496)
        .longAt("RESERVE", 504)
        .constant("PROCESS", 0)
        .constant("POWER_LOSS", 1)
        .constant("EACH_CHANGE", 2)
        .constant("LOG_WHOLE", 1)
        .constant("LOG_INCOMPLETE", 2)
        .field("PINS", 512, 8 * RegionLayout.PROCESS_COUNT, 8)
        .field("HEADS", 1024, 2 * 64 * 8, 8)
        .constant("BYTES", 4096)
        .fillNoMoreThan(0, 4096);
  }

  @Test
  void anOwnerWordSaysInWhichEpochsItsBlockWasBornAndFreed() {
    assertEquals(0, OwnerWord.freed(OwnerWord.of(63, 7), 7), "born and freed in one epoch");
    long used = OwnerWord.of(63, 7);
    assertEquals(7 << 8 | 64, used);
    assertEquals(63, OwnerWord.owner(used));
    assertTrue(OwnerWord.isUsed(used) && OwnerWord.isOwnedBy(used, 63));
    assertFalse(OwnerWord.isOwnedBy(used, 62) || OwnerWord.isTakeable(used, 100));
    long freed = OwnerWord.freed(used, OwnerWord.MAX_EPOCH);
    assertEquals(7, OwnerWord.bornIn(freed));
    assertEquals(OwnerWord.MAX_EPOCH, OwnerWord.freedIn(freed));
    assertFalse(OwnerWord.isUsed(freed) || OwnerWord.isOwnedBy(freed, 63));
    freed = OwnerWord.freed(used, 9);
    for (int n = 1; n < 12; n++) {
      assertEquals(n > 7, OwnerWord.isLiveAt(used, n), "in use, checkpoint " + n);
      assertEquals(n == 8 || n == 9, OwnerWord.isLiveAt(freed, n), "freed in 9, checkpoint " + n);
      assertFalse(OwnerWord.isLiveAt(0, n));
      assertEquals(n > 9, OwnerWord.isTakeable(freed, n));
      assertEquals(n <= 9, OwnerWord.isQuarantined(freed, n));
      assertTrue(OwnerWord.isTakeable(0, n) && !OwnerWord.isQuarantined(0, n));
      assertFalse(OwnerWord.isQuarantined(used, n));
    }
    long state = ShardState.of(OwnerWord.MAX_EPOCH);
    assertEquals(OwnerWord.MAX_EPOCH, ShardState.epoch(state | ShardState.DIRECTORY_FRESH));
    assertFalse(ShardState.isDirectoryFresh(state));
    assertTrue(ShardState.isDirectoryFresh(state | ShardState.DIRECTORY_FRESH));
    long logged = ShardState.of(OwnerWord.MAX_EPOCH, true);
    assertTrue(ShardState.isLogged(logged) && !ShardState.isLogged(state));
    assertEquals(OwnerWord.MAX_EPOCH, ShardState.epoch(logged));
    assertTrue(ShardState.isOpenToGuard(state | ShardState.DIRECTORY_FRESH));
    assertFalse(ShardState.isOpenToGuard(state));
    assertFalse(ShardState.isOpenToGuard(logged | ShardState.DIRECTORY_FRESH));
  }

  @Test
  void theLanesOfAllShardsFitInTheSmallestWindow() {
    Fields.of(LaneLayout.class)
        .longAt("REDO_AT", 0)
        .longAt("REDO_VALUE", 8)
        .longAt("REDO_BYTES", 16)
        .constant("RING", 64)
        .constant("OWNER", 64)
        .constant("BLOCK_BYTES", 3 * RegionLayout.EXTENT_BYTES - 1024)
        .fillNoMoreThan(0, 64);
    for (int shards = 1; shards <= 64; shards *= 2) {
      int bytes = LaneLayout.laneBytes(shards);
      assertEquals(0, bytes % 64);
      assertTrue(shards * bytes <= LaneLayout.BLOCK_BYTES);
      assertTrue(
          LogEntryLayout.size(SyncRecordLayout.MAX_SMALL_BYTES) <= (bytes - LaneLayout.RING) / 2,
          "a small record goes through a lane in one entry");
    }
    assertEquals(0, EpochLayout.head(7, 63) - EpochLayout.head(6, 63) - 512);
    assertEquals(EpochLayout.HEADS, EpochLayout.head(2, 0));
    assertEquals(EpochLayout.LOG_PLACES + 8, EpochLayout.logPlace(3));
  }

  @Test
  void aMarkIsOfOnePlaceInOneStore() {
    long blocks = ExtentLayout.mark(77, 1 << 18, 63);
    long run = ExtentLayout.runMark(77, 1 << 18, 4095);
    for (long mark : new long[] {blocks, run}) {
      assertTrue(ExtentLayout.isMark(mark, 77, 1 << 18));
      assertFalse(ExtentLayout.isMark(mark, 78, 1 << 18));
      assertFalse(ExtentLayout.isMark(mark, 77, 1 << 19));
      assertFalse(ExtentLayout.isMark(mark ^ 1, 77, 1 << 18));
    }
    assertFalse(ExtentLayout.isMark(0, 77, 1 << 18));
    assertEquals(63, ExtentLayout.markedUnits(blocks));
    assertEquals(0, ExtentLayout.markedLength(blocks));
    assertEquals(4095, ExtentLayout.markedLength(run));
    assertEquals(0, ExtentLayout.markedUnits(run));
  }

  @Test
  void aRecordBeginsWithItsHeader() {
    Fields.of(SyncRecordLayout.class)
        .intAt("CHECKSUM", 0)
        .intAt("KEY_LENGTH", 4)
        .intAt("VALUE_LENGTH", 8)
        .constant("PAYLOAD", 12)
        .constant("STUB_POSITION", 12)
        .constant("STUB_HASH", 20)
        .constant("STUB_BYTES", 28)
        .constant("LARGE", 0x8000_0000)
        .constant("MAX_KEY_BYTES", 65_536)
        .constant("MAX_VALUE_BYTES", 256 << 20)
        .constant("MAX_SMALL_BYTES", 4096)
        .fillNoMoreThan(0, 12);
    assertEquals(12, SyncRecordLayout.bytes(0, 0));
    assertEquals(16, SyncRecordLayout.bytes(1, 0));
    assertEquals(128, SyncRecordLayout.bytes(16, 100));
    assertEquals(65_536, SyncRecordLayout.keyLength(65_536 | SyncRecordLayout.LARGE));
    assertTrue(SyncRecordLayout.isLarge(7 | SyncRecordLayout.LARGE));
  }

  @Test
  void aRowOfTheProcessTableHasALineForEachHazard() {
    Fields.of(ProcessLayout.class)
        .longAt("INCARNATION", 0)
        .longAt("ATTACHED", 8)
        .longAt("PID", 16)
        .longAt("STARTED_MS", 24)
        .longAt("ATTACHED_MS", 32)
        .field("HOST", 40, 24, 1)
        .field("HAZARDS", 64, 31 * 64, 64)
        .constant("START", 88)
        .constant("WORLD", 96)
        .constant("RUN", 104)
        .constant("HOST_BYTES", 24)
        .constant("HAZARD_COUNT", 31)
        .constant("HAZARD_SHARD", 0)
        .constant("HAZARD_STORES", 8)
        .constant("HAZARD_REMOVES", 16)
        .constant("HAZARD_BYTES", 64)
        .constant("BYTES", 2048)
        .fillNoMoreThan(0, 2048);
    assertEquals(64 + 30 * 64, ProcessLayout.hazard(30));
  }

  @Test
  void packedWordsGiveBackWhatWasPutIn() {
    Random random = new Random(7);
    for (int i = 0; i < 1000; i++) {
      long position = (random.nextLong() >>> 30) << 10;
      int generation = random.nextInt(1 << 15);
      int buckets = 1 + random.nextInt(SegmentWord.MAX_BUCKETS);
      boolean rare = random.nextBoolean();
      long segment = SegmentWord.of(position, buckets, rare, generation);
      assertEquals(position, SegmentWord.position(segment | SegmentWord.AMENDED));
      assertEquals(buckets, SegmentWord.readBuckets(segment | SegmentWord.AMENDED));
      assertEquals(generation, SegmentWord.generation(segment | SegmentWord.AMENDED));
      assertEquals(rare, SegmentWord.hasRareNil(segment));
      assertFalse(SegmentWord.isAmended(segment));
      assertTrue(SegmentWord.isAmended(segment | SegmentWord.AMENDED));
      assertTrue(SegmentWord.isFresh(segment));
      long sealed = segment & ~SegmentWord.FRESH;
      assertFalse(SegmentWord.isFresh(sealed));
      assertTrue(SegmentWord.isSameBlock(sealed | SegmentWord.AMENDED, segment));
      long moved = SegmentWord.moved(sealed | SegmentWord.AMENDED, position ^ 1 << 20);
      assertEquals(position ^ 1 << 20, SegmentWord.position(moved));
      assertEquals(generation + 1 & 0x7FFF, SegmentWord.generation(moved));
      assertTrue(SegmentWord.isAmended(moved) && SegmentWord.isFresh(moved));
      assertFalse(SegmentWord.isSameBlock(moved, segment));
      int depth = random.nextInt(DirectoryWord.MAX_DEPTH + 1);
      long directory = DirectoryWord.of(position, depth, generation);
      assertEquals(position, DirectoryWord.position(directory));
      assertEquals(depth, DirectoryWord.depth(directory));
      assertEquals(generation, DirectoryWord.generation(directory));
      int slot = random.nextInt(RegionLayout.PROCESS_COUNT);
      long incarnation = random.nextInt() & 0xFFFF_FFFFL;
      int thread = random.nextInt() & LockWord.THREAD_MASK;
      long lock = LockWord.of(slot, incarnation, thread);
      assertEquals(slot, LockWord.slot(lock | LockWord.FROZEN));
      assertEquals(incarnation, LockWord.incarnation(lock | LockWord.FROZEN));
      assertEquals(LockWord.of(slot, incarnation), LockWord.process(lock | LockWord.FROZEN));
      assertEquals(lock, LockWord.of(slot, incarnation) | (long) thread << 32);
      assertTrue(lock > 0, "the word of a holder is neither free nor frozen");
      int shard = random.nextInt(1 << RegionLayout.MAX_SHARD_SHIFT);
      long hazard = HazardWord.of(incarnation, thread, shard);
      assertEquals(incarnation << 32 | (long) thread << 8 | shard + 1, hazard);
      assertEquals(shard, HazardWord.shard(hazard));
      assertEquals(thread, HazardWord.thread(hazard));
      assertTrue(HazardWord.isOf(hazard, incarnation));
      long former = HazardWord.withIncarnation(hazard, incarnation - 1);
      assertTrue(HazardWord.isOf(former, incarnation - 1));
      assertEquals(shard, HazardWord.shard(former));
    }
    assertEquals(-1, LockWord.slot(0));
    assertEquals(-1, HazardWord.shard(0));
  }

  @Test
  void anOverflowWordHasALinkAndAFilter() {
    long word = OverflowWord.with(0, 4095, 0x1234);
    assertEquals(4095, OverflowWord.link(word));
    assertTrue(OverflowWord.mayPass(word, 0x1234));
    assertFalse(OverflowWord.mayPass(word, 0x9234));
    long both = OverflowWord.with(word, 4095, 0xFFFF);
    assertTrue(OverflowWord.mayPass(both, 0x1234) && OverflowWord.mayPass(both, 0xFFFF));
    assertEquals(word | 1L << 63, both, "the filter is (hash & 0xFFFF) * 48 >> 16");
    assertFalse(OverflowWord.mayPass(0, 0x1234));
  }

  @Test
  void theWordsOfImagesStandBehindThoseOfACache() {
    assertEquals(2368, ImageLayout.OF);
    assertEquals(2376, ImageLayout.TOKEN);
    assertEquals(2384, ImageLayout.PENDING);
    assertEquals(2432, ImageLayout.made(0));
    assertEquals(2432 + 512, ImageLayout.made(ImageLayout.MADE_COUNT));
    assertTrue(CacheLayout.MAX_ENTRIES + 8 <= ImageLayout.OF);
    assertTrue(ImageLayout.made(ImageLayout.MADE_COUNT) <= RegionLayout.FIRST_TABLE);
  }

  @Test
  void eachPartOfTheHashServesOneChoice() {
    long hash = 0xFC00_0000_0000_0000L;
    assertEquals(63, HashBits.shard(hash, 6));
    assertEquals(0, HashBits.shard(hash, 0));
    assertEquals(0, HashBits.directoryIndex(hash, 6, 18));
    assertEquals((1 << 18) - 1, HashBits.directoryIndex(0x03FF_FF00_0000_0000L, 6, 18));
    assertEquals(0, HashBits.directoryIndex(-1, 6, 0));
    assertEquals(0xAB, HashBits.tophash(0x0000_00AB_0000_0000L));
    assertEquals(5, HashBits.tophash(0));
    assertEquals(9, HashBits.bucket(0xFFFF_FFFFL, 10));
    assertEquals(0, HashBits.bucket(0x1999_9999L, 10));
    assertEquals(0xBEEF, HashBits.extra(0x1234_BEEFL));
  }
}
