package io.tophash.sync.segment;

import static io.tophash.sync.format.SegmentLayout.HAND;
import static io.tophash.sync.format.SegmentLayout.HEADER_BYTES;
import static io.tophash.sync.format.SegmentLayout.LOG_END;
import static io.tophash.sync.format.SegmentLayout.LOG_START;
import static io.tophash.sync.format.SegmentLayout.NEXT_EXPIRY;
import static io.tophash.sync.format.SegmentLayout.RECORD_BUCKET_BYTES;
import static io.tophash.sync.format.SegmentLayout.RECORD_EXTRAS;
import static io.tophash.sync.format.SegmentLayout.SEED;
import static io.tophash.sync.format.SegmentLayout.TAIL;

import io.tophash.core.errors.StoreFullException;
import io.tophash.core.memory.HeapBytes;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.SlotWord;

/** Builds the blocks of {@link RecordSegments}: how large they are, and what stands in them. */
final class RecordBuilder {
  /** A fresh block has room for at least one record more for so many that it holds. */
  private static final int SLACK = 12;

  /** The same if the former block was filled by new entries: more are to come. */
  private static final int GROWING_SLACK = 6;

  /** A block was filled by new entries if at most this part of its records is garbage. */
  private static final int GROWING_GARBAGE = 16;

  /** The largest share of its records that a block is made larger for overwrites to come. */
  private static final int LARGEST_SLACK = 4;

  /**
   * Of a segment with few records it may be more than that share: up to so many bytes, which are
   * little beside the blocks that hold most of a large store.
   */
  private static final long SMALL_SLACK = 6 << 10;

  /** What a record is taken for in a segment that has none yet. */
  private static final int NEW_RECORD_BYTES = 64;

  /** Records that a small segment has room for at least. */
  private static final int MIN_SLACK_RECORDS = 4;

  private final RecordSegments kind;

  RecordBuilder(RecordSegments kind) {
    this.kind = kind;
  }

  /** {@link Segments#neededBytes}. */
  long neededBytes(Gathered g, int from, int to, long incomingBytes) {
    if (g.aging.blockBytes != 0) {
      return g.aging.blockBytes;
    }
    long records = recordBytes(g, from, to);
    int count = to - from;
    boolean grows = incomingBytes != 0 && g.garbage <= records / GROWING_GARBAGE && !kind.isCache();
    int more = Math.max(MIN_SLACK_RECORDS, count / (grows ? GROWING_SLACK : SLACK));
    long average = averageBytes(count, records, incomingBytes);
    long slack = Math.max(more * average, slackForOverwrites(g, count, records));
    long needed =
        tableBytes(count, ReadTableImage.MAX_FRESH_LOAD)
            + records
            + ghostBytes(g, count)
            + Math.max(kind.logBytes(incomingBytes), slack);
    return kind.isCache() ? CacheLayout.blockBytes(needed) : needed;
  }

  /** {@link Segments#leastBytes}. */
  long leastBytes(Gathered g, long incomingBytes) {
    int count = g.count();
    long table = HEADER_BYTES + bucketsBytes(ReadTableImage.leastReadBuckets(count));
    return table + recordBytes(g, 0, count) + kind.logBytes(incomingBytes);
  }

  /**
   * Twice what was overwritten or deleted since the block was built, but not more than a share of
   * the records, or a few kilobytes: where entries are replaced often, rebuilds become rarer, and
   * where they are not, no space waits for it.
   */
  private static long slackForOverwrites(Gathered g, int count, long records) {
    long garbage = count == g.count ? g.garbage : g.garbage * count / g.count;
    return Math.min(2 * garbage, Math.max(SMALL_SLACK, records / LARGEST_SLACK));
  }

  /** Bytes of the ghosts that a block with so many entries keeps of those that are known. */
  private int ghostBytes(Gathered g, int count) {
    return kind.isCache()
        ? Aging.ghostBytes(Math.min(g.aging.ghostCount, Aging.ghostRoom(count)))
        : 0;
  }

  /** Bytes of the header and the buckets of a block for so many entries, at least. */
  private static long tableBytes(int count, int load) {
    return HEADER_BYTES + bucketsBytes(ReadTableImage.readBuckets(count, load));
  }

  private long recordBytes(Gathered g, int from, int to) {
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += kind.logBytes(g.values[i]);
    }
    return sum;
  }

  /** Cache: bytes that so many records take, with what a block needs for them, but no room. */
  static long leastBytes(int count, long records) {
    return tableBytes(count, ReadTableImage.MAX_BOUND_LOAD)
        + records
        + Aging.ghostBytes(Aging.ghostRoom(count));
  }

  private static long averageBytes(int count, long records, long incomingBytes) {
    return (records + incomingBytes) / (count + 1) + 1;
  }

  private static long bucketsBytes(int read) {
    return (long) (read + ReadTableImage.dirtyBuckets(read)) * RECORD_BUCKET_BYTES;
  }

  /** {@link Segments#build}. */
  long build(Gathered g, int from, int to, long blockBytes, long block, Shape shape) {
    int count = to - from;
    long records = recordBytes(g, from, to);
    boolean isBound = g.aging.blockBytes != 0;
    int read =
        ReadTableImage.readBuckets(
            count, isBound ? ReadTableImage.MAX_BOUND_LOAD : ReadTableImage.MAX_FRESH_LOAD);
    int ghosts = ghostBytes(g, count);
    long end = Math.min(blockBytes - ghosts, SlotWord.REACH_BYTES);
    long incoming = kind.logBytes(shape.incomingBytes());
    long room = end - HEADER_BYTES - bucketsBytes(read) - records;
    if (room < incoming) {
      read = ReadTableImage.leastReadBuckets(count);
      room = end - HEADER_BYTES - bucketsBytes(read) - records;
    }
    if (room < incoming) {
      if (blockBytes > end) {
        throw new StoreFullException(
            "too many bytes of keys and values whose hashes agree in the bits that divide the"
                + " store into segments, limit="
                + SlotWord.REACH_BYTES);
      }
      throw new IllegalStateException("a block is too small for its entries, bytes=" + blockBytes);
    }
    // So many buckets that the log is full when they are: a new entry takes a cell and a record. In
    // a block that a cache has chosen, since it may not grow, the few that are to come find cells.
    long average = count == 0 ? NEW_RECORD_BYTES : records / count;
    long more = room / (average + RECORD_BUCKET_BYTES * 2 / ReadTableImage.MAX_FRESH_LOAD);
    int most =
        (int)
            Math.min(SegmentWord.MAX_BUCKETS, (2 * (count + more)) / ReadTableImage.MAX_FRESH_LOAD);
    while (!isBound
        && read < most
        && HEADER_BYTES + bucketsBytes(read + 1) + records + incoming <= end) {
      read++;
    }
    int dirty = ReadTableImage.dirtyBuckets(read);
    int log = HEADER_BYTES + (read + dirty) * RECORD_BUCKET_BYTES;
    int length = log + (int) records;
    byte[] image = g.newImage(length);
    int[] tail = {log};
    if (kind.isCache()) {
      buildAged(g, from, to, read, log);
      tail[0] = length;
    } else if (to - from == g.count && records == g.logBytes) {
      copyLog(g, read, log);
      tail[0] = length;
    } else {
      build(g, from, to, read, tail);
    }
    long word = SegmentWord.of(block, read, false, shape.generation());
    HeapBytes.putLong(image, SEED, kind.keyHash.seed());
    HeapBytes.putInt(image, LOG_START, log);
    HeapBytes.putInt(image, LOG_END, (int) end);
    HeapBytes.putInt(image, TAIL, tail[0]);
    SegmentImage.seal(image, word, shape, dirty, (int) blockBytes);
    kind.memory.putBytes(block, image, 0, length);
    if (kind.isCache()) {
      putGhosts(g, block + end, (int) (blockBytes - end));
    }
    return word;
  }

  private void build(Gathered g, int from, int to, int read, int[] tail) {
    kind.readTableImage.fill(
        g,
        from,
        to,
        read,
        (entry, bucket, cell) -> {
          int bytes = (int) g.values[entry];
          System.arraycopy(g.bytes, g.recordOffset(entry), g.image, tail[0], bytes);
          putCell(g, entry, bucket, cell, tail[0]);
          tail[0] += bytes;
        });
  }

  /** The entries of one block in whose log is nothing else: it is copied as it is. */
  private void copyLog(Gathered g, int read, int log) {
    System.arraycopy(g.bytes, g.logAt, g.image, log, g.logBytes);
    int moved = log - g.logAt;
    kind.readTableImage.fill(
        g,
        0,
        g.count,
        read,
        (entry, bucket, cell) -> putCell(g, entry, bucket, cell, g.recordOffset(entry) + moved));
  }

  private static void putCell(Gathered g, int entry, int bucket, int cell, int offset) {
    int extraAt = bucket + RECORD_EXTRAS + 2 * cell;
    g.image[extraAt] = (byte) g.hashes[entry];
    g.image[extraAt + 1] = (byte) (g.hashes[entry] >>> 8);
    // What was noted of the entry's use goes with it.
    int slot = SlotWord.withMarksOf(SlotWord.of(offset), g.slot(entry));
    HeapBytes.putInt(g.image, bucket + RecordSegments.slot(cell), slot);
  }

  /**
   * The entries of a cache: in the log in the order of their age, each behind what stands in front
   * of it.
   */
  private void buildAged(Gathered g, int from, int to, int read, int log) {
    Sieve.sort(g, from, to);
    int[] offsets = new int[to - from];
    int at = log;
    int hand = 0;
    long next = CacheLayout.NEVER;
    for (int i = from; i < to; i++) {
      int record = g.recordOffset(i);
      int bytes = (int) g.values[i];
      System.arraycopy(
          g.bytes,
          record - CacheLayout.PREFIX_BYTES,
          g.image,
          at,
          bytes + CacheLayout.PREFIX_BYTES);
      offsets[i - from] = at + CacheLayout.PREFIX_BYTES;
      if (hand == 0 && record >= g.aging.hand && g.aging.hand != 0) {
        hand = at + CacheLayout.PREFIX_BYTES;
      }
      next = Math.min(next, Sieve.expires(kind, g, i) & CacheLayout.NEVER);
      at += (int) kind.logBytes(bytes);
    }
    HeapBytes.putInt(g.image, HAND, hand);
    HeapBytes.putInt(g.image, NEXT_EXPIRY, CacheLayout.seconds(next));
    kind.readTableImage.fill(
        g,
        from,
        to,
        read,
        (entry, bucket, cell) -> putCell(g, entry, bucket, cell, offsets[entry - from]));
  }

  private void putGhosts(Gathered g, long position, int bytes) {
    byte[] ghosts = new byte[bytes];
    for (int i = 0; i < Math.min(bytes / 2, g.aging.ghostCount); i++) {
      ghosts[2 * i] = (byte) g.aging.ghosts[i];
      ghosts[2 * i + 1] = (byte) (g.aging.ghosts[i] >>> 8);
    }
    kind.memory.putBytes(position, ghosts, 0, bytes);
  }
}
