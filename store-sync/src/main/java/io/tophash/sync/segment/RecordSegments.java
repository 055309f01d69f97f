package io.tophash.sync.segment;

import static io.tophash.sync.format.SegmentLayout.HEADER_BYTES;
import static io.tophash.sync.format.SegmentLayout.RECORD_BUCKET_BYTES;
import static io.tophash.sync.format.SegmentLayout.RECORD_OVERFLOW;
import static io.tophash.sync.format.SegmentLayout.RECORD_SLOTS;
import static io.tophash.sync.format.SegmentLayout.TAIL;
import static io.tophash.sync.format.SyncRecordLayout.KEY_LENGTH;
import static io.tophash.sync.format.SyncRecordLayout.PAYLOAD;
import static io.tophash.sync.format.SyncRecordLayout.STUB_HASH;

import io.tophash.core.format.Tophash;
import io.tophash.core.hash.KeyHash;
import io.tophash.core.memory.HeapBytes;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.format.HashBits;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.SlotWord;
import io.tophash.sync.format.SyncRecordLayout;
import java.util.Set;

/**
 * Segments whose entries are records in a {@link RecordLog}. The slot of a key, a {@link SlotWord},
 * says where its record is. But for its marks, a slot never returns to a former value while its
 * block lives; so a CAS on it has no ABA, and who read a record and finds the slot unchanged
 * afterwards has read the record of that slot.
 */
public final class RecordSegments extends Segments {
  private final RecordGatherer gatherer;
  private final RecordBuilder builder;
  private final RecordLog log;
  private final LargeBlocks large;
  private final boolean isCache;
  private final int prefix;

  /**
   * @param memory the mapped file
   * @param keyHash hash of a key
   * @param isCache true if records have a time at which they expire, see {@link CacheLayout}
   */
  public RecordSegments(MappedMemory memory, KeyHash keyHash, boolean isCache) {
    super(memory, keyHash, RECORD_BUCKET_BYTES, RECORD_OVERFLOW, !isCache);
    this.isCache = isCache;
    this.prefix = isCache ? CacheLayout.PREFIX_BYTES : 0;
    this.gatherer = new RecordGatherer(this);
    this.builder = new RecordBuilder(this);
    this.log = new RecordLog(memory, isCache);
    this.large = new LargeBlocks(this);
  }

  /** True if the entries are those of a cache. */
  public boolean isCache() {
    return isCache;
  }

  /** What stands in front of each record, in bytes. */
  public int prefix() {
    return prefix;
  }

  /** Bytes that a record, or stub, takes in the log. */
  public long logBytes(long recordBytes) {
    return isCache ? CacheLayout.logBytes(recordBytes) : recordBytes;
  }

  /** The logs of the segments. */
  public RecordLog log() {
    return log;
  }

  /** What of gathered large records stands in their blocks. */
  public LargeBlocks large() {
    return large;
  }

  /**
   * Looks a key up in the read table and, if the segment is amended, in the dirty table.
   *
   * @param record an encoded record; its key is compared
   * @param keyBytes length of the key
   * @return its bucket's position with the cell in the low bits; 0 if it is absent; {@link #TORN}
   * @throws IndexOutOfBoundsException if a chain leaves what is mapped
   */
  public long find(long segmentWord, byte[] record, int keyBytes, long hash) {
    long block = SegmentWord.position(segmentWord);
    long found =
        findIn(
            block, readTable(block), SegmentWord.readBuckets(segmentWord), record, keyBytes, hash);
    return found == 0 && mayBeInDirty(segmentWord, hash)
        ? findDirty(segmentWord, record, keyBytes, hash)
        : found;
  }

  private long findDirty(long segmentWord, byte[] record, int keyBytes, long hash) {
    long block = SegmentWord.position(segmentWord);
    if (isOutside(block, HEADER_BYTES)) {
      return TORN;
    }
    int buckets = dirtyBuckets(segmentWord);
    return buckets <= 0 || buckets > SegmentWord.MAX_BUCKETS
        ? TORN
        : findIn(block, dirtyTable(segmentWord), buckets, record, keyBytes, hash);
  }

  private long findIn(long block, long table, int buckets, byte[] record, int keyBytes, long hash) {
    long pattern = Tophash.broadcast(HashBits.tophash(hash));
    int extra = HashBits.extra(hash);
    int index = HashBits.bucket(hash, buckets);
    for (int hops = 0; hops <= buckets; hops++) {
      long bucket = table + (long) index * RECORD_BUCKET_BYTES;
      long place = memory.place(bucket, RECORD_BUCKET_BYTES);
      // Pairs with publish(): the cells of a dirty bucket are read after its tophash word.
      long word = memory.getLongAcquireAt(place, 0);
      for (long hits = Tophash.match(word, pattern); hits != 0; hits &= hits - 1) {
        int cell = Tophash.firstCell(hits);
        // What looks like a hit may be none.
        if (extraAt(memory, place, cell) == extra
            && Tophash.at(word, cell) == HashBits.tophash(hash)) {
          long match = match(block, bucket, cell, record, keyBytes, hash);
          if (match != 0) {
            return match;
          }
        }
      }
      if (Tophash.endsChain(word)) {
        return 0;
      }
      long passed = memory.getLongAt(place, RECORD_OVERFLOW);
      index = next(passed, hash, buckets);
      if (index < 0) {
        return index == CHAIN_ENDS ? 0 : TORN;
      }
    }
    return TORN;
  }

  /**
   * The extra hash bits of a cell.
   *
   * @param bucket its place
   */
  public static int extraAt(MappedMemory memory, long bucket, int cell) {
    int pair = memory.getIntAt(bucket, SegmentLayout.extraPair(cell));
    return (cell & 1) == 0 ? pair & 0xFFFF : pair >>> 16;
  }

  /**
   * The found cell if its record has this key, 0 if it has another; {@link #TORN}. The place of the
   * record may be used again meanwhile, and the block of a large one be freed, though the segment
   * stayed: then the slot has changed, and each round was a change by somebody else.
   */
  private long match(long block, long bucket, int cell, byte[] record, int keyBytes, long hash) {
    while (true) {
      int slot = memory.getIntAcquire(bucket, slot(cell));
      long at = recordPosition(block, slot);
      long place = memory.place(at, PAYLOAD);
      int lengths = memory.getIntAt(place, KEY_LENGTH);
      long match = 0;
      if (SyncRecordLayout.keyLength(lengths) == keyBytes) {
        if (SyncRecordLayout.isLarge(lengths)) {
          match = matchLarge(at, slot, record, keyBytes, hash);
        } else {
          // A stub may end before such a key would.
          place = memory.place(at, PAYLOAD + (long) keyBytes);
          match = sameKeyAt(memory, place, record, keyBytes) ? 1 : 0;
        }
      }
      if (isStored(bucket, cell, slot)) {
        // Hardly ever another key has the same bits of the hash; then it must have them indeed.
        return match > 0
            ? bucket | cell
            : RecordCheck.hasBitsOf(this, at, lengths, hash) ? match : TORN;
      }
    }
  }

  /**
   * True if a cell has had this slot since it was read, so that what was read of its record was its
   * own.
   *
   * @param bucket position of the bucket
   */
  public boolean isStored(long bucket, int cell, int slot) {
    // Pairs with the fence of RecordLog: who sees a byte of a later record sees the slot changed.
    MappedMemory.acquireFence();
    return SlotWord.isSame(memory.getInt(bucket, slot(cell)), slot);
  }

  /** The same for a found cell. */
  public boolean isStored(long found, int slot) {
    return isStored(bucket(found), (int) (found & CELL_MASK), slot);
  }

  /** 1 if the large record has this key, 0 if it has another; {@link #TORN}. */
  private long matchLarge(long stub, int slot, byte[] record, int keyBytes, long hash) {
    if (leavesMapping(stub, SyncRecordLayout.STUB_BYTES)) {
      return TORN;
    }
    // The key of a deleted large record went with its block: its slot is nobody's any more.
    if (SlotWord.isNil(slot) || longAt(stub, STUB_HASH) != hash) {
      return 0;
    }
    long at = largePosition(stub);
    if (leavesMapping(at, PAYLOAD + (long) keyBytes)) {
      return TORN;
    }
    long place = memory.place(at, PAYLOAD + (long) keyBytes);
    return sameKeyAt(memory, place, record, keyBytes) ? 1 : 0;
  }

  /**
   * True if a record has the key of an encoded record.
   *
   * @param at its place, resolved up to the end of the key
   */
  public static boolean sameKeyAt(MappedMemory memory, long at, byte[] record, int keyBytes) {
    int i = PAYLOAD;
    int end = i + keyBytes;
    for (; i + 8 <= end; i += 8) {
      if (memory.getLongAt(at, i) != HeapBytes.getLong(record, i)) {
        return false;
      }
    }
    for (; i < end; i++) {
      if (memory.getByteAt(at, i) != record[i]) {
        return false;
      }
    }
    return true;
  }

  /** Where the record of a slot begins, be the slot nil or not. */
  public static long recordPosition(long block, int slot) {
    return block + SlotWord.offset(slot);
  }

  /** Position of the large record that the stub at this position stands for. */
  public long largePosition(long stub) {
    return longAt(stub, SyncRecordLayout.STUB_POSITION) + prefix;
  }

  // A stub begins at a multiple of 4 only.
  long longAt(long base, int offset) {
    return (long) memory.getInt(base, offset + 4) << 32
        | memory.getInt(base, offset) & 0xFFFF_FFFFL;
  }

  @Override
  int dirtyBuckets(long segmentWord) {
    return memory.getInt(SegmentWord.position(segmentWord), SegmentLayout.DIRTY_BUCKETS);
  }

  /** Offset in its bucket of the slot of a cell. */
  public static int slot(int cell) {
    return RECORD_SLOTS + 4 * cell;
  }

  /** Offset of the slot of a found cell in its bucket. */
  public static int slot(long found) {
    return slot((int) (found & CELL_MASK));
  }

  /** Position of the bucket of a found cell. */
  public static long bucket(long found) {
    return found & ~CELL_MASK;
  }

  /** Fills the cell that {@link #findRoom} returned; {@link #publish} follows. */
  public void fillCell(long room, long hash, int slot) {
    long bucket = bucket(room);
    int cell = (int) (room & CELL_MASK);
    int pairAt = SegmentLayout.extraPair(cell);
    int extra = HashBits.extra(hash);
    int pair = memory.getInt(bucket, pairAt);
    // Cells fill from 0 up under the lock, so the other half is settled or nobody's yet.
    memory.putInt(
        bucket, pairAt, (cell & 1) == 0 ? pair & ~0xFFFF | extra : pair & 0xFFFF | extra << 16);
    memory.putInt(bucket, slot(cell), slot);
  }

  @Override
  public boolean gather(long segmentWord, Gathered g) {
    return gatherer.gather(segmentWord, g);
  }

  @Override
  public String checkEntry(long segmentWord, Gathered g, int entry, Set<Long> cells) {
    return RecordCheck.of(this, segmentWord, g, entry, cells);
  }

  @Override
  public long largeBlock(Gathered g, int entry) {
    return g.largeBlock(entry);
  }

  /**
   * Checks that a record, a stub included, can be there.
   *
   * @throws IndexOutOfBoundsException if not
   */
  public void checkRecord(long position) {
    checkInside(position, PAYLOAD);
    if (SyncRecordLayout.isLarge(memory.getInt(position, KEY_LENGTH))) {
      checkInside(position, SyncRecordLayout.STUB_BYTES);
    }
  }

  /** Checks that so many bytes can be read. */
  public void checkInside(long position, long bytes) {
    if (leavesMapping(position, bytes)) {
      throw new IndexOutOfBoundsException("position=" + position + " bytes=" + bytes);
    }
  }

  @Override
  public long hashOfLarge(long block, long blockBytes) {
    byte[] key = large.key(block, blockBytes);
    return key == null ? 0 : keyHash.ofBytes(key, 0, key.length);
  }

  @Override
  long usedBytes(long segmentWord, long blockBytes) {
    long tail = memory.getInt(SegmentWord.position(segmentWord), TAIL) & 0xFFFF_FFFFL;
    return Math.min(blockBytes, tail);
  }

  @Override
  public boolean hasRoom(long segmentWord, long incomingBytes) {
    return log.hasRoom(segmentWord, incomingBytes);
  }

  @Override
  public long neededBytes(Gathered g, int from, int to, long incomingBytes) {
    return builder.neededBytes(g, from, to, incomingBytes);
  }

  @Override
  public long leastBytes(Gathered g, long incomingBytes) {
    return builder.leastBytes(g, incomingBytes);
  }

  @Override
  public long build(Gathered g, int from, int to, long blockBytes, long block, Shape shape) {
    return builder.build(g, from, to, blockBytes, block, shape);
  }
}
