package io.tophash.sync.segment;

import static io.tophash.core.format.BucketLayout.CELLS;
import static io.tophash.core.format.BucketLayout.DATA_OFFSET;
import static io.tophash.sync.format.SegmentLayout.HEADER_BYTES;
import static io.tophash.sync.format.SegmentLayout.INLINE_BUCKET_BYTES;
import static io.tophash.sync.format.SegmentLayout.INLINE_OVERFLOW;
import static io.tophash.sync.format.SegmentLayout.NIL;
import static io.tophash.sync.format.SegmentLayout.USUAL_NIL;

import io.tophash.core.format.Tophash;
import io.tophash.core.hash.KeyHash;
import io.tophash.core.memory.HeapBytes;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.HashBits;
import io.tophash.sync.format.OverflowWord;
import io.tophash.sync.format.SegmentWord;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Segments whose keys and values of up to eight bytes stand in the cells. The slot of a key is its
 * value cell; <i>nil</i> is a value that no live entry of the segment has.
 */
public final class InlineSegments extends Segments {
  /** Offset of the first slot in a bucket. */
  public static final int SLOTS = DATA_OFFSET + 8 * CELLS;

  /**
   * @param memory the mapped file
   * @param keyHash hash of a key
   */
  public InlineSegments(MappedMemory memory, KeyHash keyHash) {
    super(memory, keyHash, INLINE_BUCKET_BYTES, INLINE_OVERFLOW, true);
  }

  /**
   * Looks a key up in the read table and, if the segment is amended, in the dirty table.
   *
   * @return its bucket's position with the cell in the low bits; 0 if it is absent; {@link #TORN}
   * @throws IndexOutOfBoundsException if a chain leaves what is mapped
   */
  public long find(long segmentWord, long key, long hash) {
    long found =
        findIn(
            readTable(SegmentWord.position(segmentWord)),
            SegmentWord.readBuckets(segmentWord),
            key,
            hash);
    return found == 0 && mayBeInDirty(segmentWord, hash)
        ? findDirty(segmentWord, key, hash)
        : found;
  }

  private long findDirty(long segmentWord, long key, long hash) {
    return findIn(dirtyTable(segmentWord), dirtyBuckets(segmentWord), key, hash);
  }

  /**
   * The bucket in which a lookup goes on behind the home bucket of the key.
   *
   * @param passed the overflow word of the home bucket
   * @return its position; 0 if there is none, or if the word makes no sense
   */
  public static long next(long segmentWord, long hash, long passed) {
    int buckets = SegmentWord.readBuckets(segmentWord);
    int index = next(passed, hash, buckets);
    if (index < 0) {
      if (index != CHAIN_ENDS
          || !SegmentWord.isAmended(segmentWord)
          || OverflowWord.excludes(passed, hash)) {
        return 0;
      }
      index = buckets + HashBits.bucket(hash, ReadTableImage.dirtyBuckets(buckets));
    }
    return readTable(SegmentWord.position(segmentWord)) + (long) index * INLINE_BUCKET_BYTES;
  }

  @Override
  int dirtyBuckets(long segmentWord) {
    return ReadTableImage.dirtyBuckets(SegmentWord.readBuckets(segmentWord));
  }

  private long findIn(long table, int buckets, long key, long hash) {
    long pattern = Tophash.broadcast(HashBits.tophash(hash));
    int index = HashBits.bucket(hash, buckets);
    for (int hops = 0; hops <= buckets; hops++) {
      long bucket = table + (long) index * INLINE_BUCKET_BYTES;
      long place = memory.place(bucket, INLINE_BUCKET_BYTES);
      // Pairs with publish(): the cells of a dirty bucket are read after its tophash word.
      long word = memory.getLongAcquireAt(place, 0);
      for (long hits = Tophash.match(word, pattern); hits != 0; hits &= hits - 1) {
        int cell = Tophash.firstCell(hits);
        if (memory.getLongAt(place, DATA_OFFSET + 8 * cell) == key) {
          return bucket | cell;
        }
      }
      if (Tophash.endsChain(word)) {
        return 0;
      }
      long passed = memory.getLongAt(place, INLINE_OVERFLOW);
      index = next(passed, hash, buckets);
      if (index < 0) {
        return index == CHAIN_ENDS ? 0 : TORN;
      }
    }
    return TORN;
  }

  /** Offset of the slot of a found cell in its bucket. */
  public static int slot(long found) {
    return SLOTS + 8 * (int) (found & CELL_MASK);
  }

  /** Position of the bucket of a found cell. */
  public static long bucket(long found) {
    return found & ~CELL_MASK;
  }

  /** The value that stands for "deleted" in this segment. */
  public long nil(long segmentWord) {
    return SegmentWord.hasRareNil(segmentWord) ? rareNil(segmentWord) : USUAL_NIL;
  }

  private long rareNil(long segmentWord) {
    long block = SegmentWord.position(segmentWord);
    return isOutside(block, HEADER_BYTES) ? USUAL_NIL : memory.getLong(block, NIL);
  }

  /** Fills the cell that {@link #findRoom} returned; {@link #publish} follows. */
  public void fillCell(long room, long key, long value) {
    memory.putLong(bucket(room), DATA_OFFSET + 8 * (int) (room & CELL_MASK), key);
    memory.putLong(bucket(room), slot(room), value);
  }

  @Override
  public boolean gather(long segmentWord, Gathered g) {
    long block = SegmentWord.position(segmentWord);
    if (leavesMapping(block, HEADER_BYTES)) {
      return false;
    }
    int dirty = SegmentWord.isAmended(segmentWord) ? dirtyBuckets(segmentWord) : 0;
    int buckets = SegmentWord.readBuckets(segmentWord) + dirty;
    int bytes = tableBytes(buckets);
    if (leavesMapping(block, bytes)) {
      return false;
    }
    int at = g.reserve(bytes);
    // Block and length are multiples of 8, and the copy goes by whole aligned longs (see
    // Unsafe.copyMemory), so no value is torn by a concurrent CAS.
    copyTables(block, buckets, g, at);
    if (!SegmentImage.isSealed(g.bytes, at) || !sealed().mayBelieve(segmentWord)) {
      return false;
    }
    long nil = SegmentImage.nil(g.bytes, at, segmentWord);
    SegmentImage image = new SegmentImage(g.bytes, at, bytes, buckets, INLINE_BUCKET_BYTES);
    while (image.next()) {
      long value = HeapBytes.getLong(g.bytes, image.valueAt());
      if (value != nil) {
        long key = HeapBytes.getLong(g.bytes, image.keyAt());
        g.add(keyHash.ofLong(key), key, value, 0);
      }
    }
    return true;
  }

  @Override
  public String checkEntry(long segmentWord, Gathered g, int entry, Set<Long> cells) {
    long found = find(segmentWord, g.keys[entry], g.hashes[entry]);
    return found <= 0
        ? "a lookup does not find an entry"
        : cells.add(found) ? null : "two entries have the same key";
  }

  @Override
  long usedBytes(long segmentWord, long blockBytes) {
    int read = SegmentWord.readBuckets(segmentWord);
    return Math.min(blockBytes, bytes(read));
  }

  @Override
  public boolean hasRoom(long segmentWord, long incomingBytes) {
    return true;
  }

  @Override
  public long neededBytes(Gathered g, int from, int to, long incomingBytes) {
    return bytes(ReadTableImage.readBuckets(to - from, ReadTableImage.MAX_FRESH_LOAD));
  }

  @Override
  public long leastBytes(Gathered g, long incomingBytes) {
    return bytes(ReadTableImage.leastReadBuckets(g.count()));
  }

  private static long bytes(int read) {
    return HEADER_BYTES + (long) (read + ReadTableImage.dirtyBuckets(read)) * INLINE_BUCKET_BYTES;
  }

  /** Largest number of read buckets that a block of this size has room for. */
  private static int readBucketsOf(long blockBytes) {
    long all = (blockBytes - HEADER_BYTES) / INLINE_BUCKET_BYTES;
    int read = (int) Math.min(SegmentWord.MAX_BUCKETS, all - 1);
    while (bytes(read) > blockBytes) {
      read--;
    }
    return read;
  }

  @Override
  public long build(Gathered g, int from, int to, long blockBytes, long block, Shape shape) {
    int read = readBucketsOf(blockBytes);
    int dirty = ReadTableImage.dirtyBuckets(read);
    byte[] image = g.newImage(HEADER_BYTES + (read + dirty) * INLINE_BUCKET_BYTES);
    readTableImage.fill(
        g,
        from,
        to,
        read,
        (entry, bucket, cell) -> {
          HeapBytes.putLong(g.image, bucket + DATA_OFFSET + 8 * cell, g.keys[entry]);
          HeapBytes.putLong(g.image, bucket + SLOTS + 8 * cell, g.values[entry]);
        });
    long nil = chooseNil(g, from, to, shape.avoid());
    long word = SegmentWord.of(block, read, nil != USUAL_NIL, shape.generation());
    HeapBytes.putLong(image, NIL, nil);
    SegmentImage.seal(image, word, shape, dirty, (int) blockBytes);
    memory.putBytes(block, image, 0, HEADER_BYTES + (read + dirty) * INLINE_BUCKET_BYTES);
    return word;
  }

  private static long chooseNil(Gathered g, int from, int to, long avoid) {
    long nil = USUAL_NIL;
    while (nil == avoid || isValue(g, from, to, nil)) {
      nil = ThreadLocalRandom.current().nextLong();
    }
    return nil;
  }

  private static boolean isValue(Gathered g, int from, int to, long value) {
    for (int i = from; i < to; i++) {
      if (g.values[i] == value) {
        return true;
      }
    }
    return false;
  }
}
