package io.tophash.sync.segment;

import static io.tophash.sync.format.SegmentLayout.HEADER_BYTES;
import static io.tophash.sync.format.SegmentLayout.LOG_END;
import static io.tophash.sync.format.SegmentLayout.LOG_START;
import static io.tophash.sync.format.SegmentLayout.NEXT_EXPIRY;
import static io.tophash.sync.format.SegmentLayout.SPARE;
import static io.tophash.sync.format.SegmentLayout.TAIL;

import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.Touch;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.SlotWord;
import io.tophash.sync.format.SpareWord;
import io.tophash.sync.format.SyncRecordLayout;

/**
 * The logs of segments of records: where the next record goes. That is the end of the log, or, but
 * in a cache, whose log is in the order of age, the <i>spare</i> place: one that a replaced record
 * has left, named by a word in the header. So overwrites do not fill the log.
 *
 * <p>A place is one record's from the atomic step that takes it until the slot that refers to it
 * has changed; who changed it may offer the place to others. Places that nobody offered, as another
 * one was spare already, or as the process was killed, are left to the next rebuild.
 *
 * <p>All methods but {@link #touch} and {@link #hasRoom} are for who is in the guard or holds the
 * lock, in a segment that no checkpoint has sealed. Lock-free.
 */
public final class RecordLog {
  /**
   * How often in a row an entry gets the place of another record, at most {@link
   * SlotWord#MAX_VERSION}. Then its records go to the end of the log until the next rebuild: so
   * there is one now and then, and the segment gives back what its deleted keys had.
   */
  public static final int MAX_REUSES = 31;

  private static final int CACHE_LINE = 64;

  private final MappedMemory memory;
  private final boolean isCache;

  RecordLog(MappedMemory memory, boolean isCache) {
    this.memory = memory;
    this.isCache = isCache;
  }

  /**
   * Fetches the cache lines that a record of so many bytes will need, while others are waited for:
   * later they would be waited for one by one. Of a segment that moves meanwhile, some other lines.
   *
   * @throws IndexOutOfBoundsException if what is read makes no sense
   */
  public void touch(long segmentWord, int bytes) {
    long block = SegmentWord.position(segmentWord);
    long header = memory.place(block, HEADER_BYTES);
    int spare = memory.getIntAt(header, SPARE);
    int at =
        SpareWord.bytes(spare) >= bytes ? SpareWord.offset(spare) : memory.getIntAt(header, TAIL);
    if (at >= 0 && at <= memory.getIntAt(header, LOG_END) - 3 * CACHE_LINE) {
      long lines = memory.place(block + (at & -CACHE_LINE), 3 * CACHE_LINE);
      Touch.use(memory.getLongAt(lines, 0));
      Touch.use(memory.getLongAt(lines, CACHE_LINE));
      if ((at & CACHE_LINE - 1) + bytes > 2 * CACHE_LINE) {
        Touch.use(memory.getLongAt(lines, 2 * CACHE_LINE));
      }
    }
  }

  /**
   * Appends a record.
   *
   * @param expires cache: what stands in front of it
   * @return its offset in the block; 0 if the log is full
   */
  public int append(long segmentWord, byte[] record, long expires) {
    long block = SegmentWord.position(segmentWord);
    if (!isCache) {
      int at = reserve(block, record.length);
      if (at != 0) {
        memory.putBytes(block + at, record, 0, record.length);
      }
      return at;
    }
    int at = reserve(block, (int) CacheLayout.logBytes(record.length));
    if (at == 0) {
      return 0;
    }
    // Before the record can be found: so no entry expires before the header says so.
    noteExpiry(segmentWord, expires);
    memory.putLong(block + at, 0, expires);
    memory.putBytes(block + at + CacheLayout.PREFIX_BYTES, record, 0, record.length);
    return at + CacheLayout.PREFIX_BYTES;
  }

  private int reserve(long block, int length) {
    int end = memory.getInt(block, LOG_END);
    if (memory.getIntVolatile(block, TAIL) > end - length) {
      return 0;
    }
    int at = memory.getAndAddInt(block, TAIL, length);
    return at > end - length ? 0 : at;
  }

  /**
   * Writes a record to the spare place, if it has room for it; what is left of it stays spare.
   *
   * @return its offset in the block, 0 if there is no such place
   */
  public int reuse(long segmentWord, byte[] record) {
    long block = SegmentWord.position(segmentWord);
    int spare = memory.getIntVolatile(block, SPARE);
    int at = SpareWord.offset(spare);
    int rest = SpareWord.bytes(spare) - record.length;
    if (rest < 0 || isCache || !isInLog(block, at, record.length + rest)) {
      return 0;
    }
    int left = rest > SyncRecordLayout.PAYLOAD ? SpareWord.of(at + record.length, rest) : 0;
    if (!memory.compareAndSetInt(block, SPARE, spare, left)) {
      return 0;
    }
    // The slot that referred to this place changed before it was offered. Pairs with the fence of
    // who reads a slot, the record, and the slot again.
    MappedMemory.storeStoreFence();
    CrashPoint.reached("record.taken");
    memory.putBytes(block + at, record, 0, record.length);
    return at;
  }

  // The word is not under the checksum of the header, and what it says is written to.
  private boolean isInLog(long block, int at, int bytes) {
    return at >= memory.getInt(block, LOG_START) && at <= memory.getInt(block, LOG_END) - bytes;
  }

  /**
   * Offers the place of a small record to which no slot refers any more. The larger one of two
   * stays.
   *
   * @param at its offset in the block
   */
  public void offer(long segmentWord, int at, int bytes) {
    long block = SegmentWord.position(segmentWord);
    int spare = memory.getIntVolatile(block, SPARE);
    if (SpareWord.bytes(spare) < bytes && !isCache) {
      CrashPoint.reached("record.left");
      memory.compareAndSetInt(block, SPARE, spare, SpareWord.of(at, bytes));
    }
  }

  /** Cache: notes that an entry of the segment expires then. */
  public void noteExpiry(long segmentWord, long expires) {
    long block = SegmentWord.position(segmentWord);
    int seconds = CacheLayout.seconds(expires);
    int present = memory.getIntVolatile(block, NEXT_EXPIRY);
    while (Integer.compareUnsigned(seconds, present) < 0
        && !memory.compareAndSetInt(block, NEXT_EXPIRY, present, seconds)) {
      present = memory.getIntVolatile(block, NEXT_EXPIRY);
    }
  }

  /** True if a record of so many bytes finds room. */
  boolean hasRoom(long segmentWord, long bytes) {
    long block = SegmentWord.position(segmentWord);
    return memory.getInt(block, TAIL) <= memory.getInt(block, LOG_END) - bytes
        || SpareWord.bytes(memory.getInt(block, SPARE)) >= bytes && !isCache;
  }
}
