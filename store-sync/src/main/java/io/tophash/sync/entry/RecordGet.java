package io.tophash.sync.entry;

import static io.tophash.core.memory.MemoryMode.IS_FAST;
import static io.tophash.sync.format.SegmentLayout.HEADER_BYTES;
import static io.tophash.sync.format.SegmentLayout.RECORD_BUCKET_BYTES;
import static io.tophash.sync.format.SegmentLayout.RECORD_OVERFLOW;

import io.tophash.core.format.Tophash;
import io.tophash.core.memory.HeapBytes;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.Spot;
import io.tophash.sync.format.HashBits;
import io.tophash.sync.format.OverflowWord;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.SlotWord;
import io.tophash.sync.format.SyncRecordLayout;
import io.tophash.sync.segment.RecordSegments;
import io.tophash.sync.segment.SealedTables;
import io.tophash.sync.shard.DirectoryView;
import io.tophash.sync.shard.DirectoryViews;
import java.nio.ByteBuffer;

/**
 * The short way of lookups in a {@link RecordTable}: a small record in the read table, or a key
 * that the read table proves to be absent. Nearly all lookups end here, and what they cost is
 * instructions, as a processor overlaps the misses of one lookup with those of the next only while
 * both are in its window. So the window of the block is resolved once, nothing is allocated but the
 * value, and what is odd in any way is left to {@link RecordLookup}.
 */
final class RecordGet {
  /** In place of a value: the short way does not decide it. */
  static final byte[] UNDECIDED = ValueSum.UNDECIDED;

  /** In place of a length: the key is absent. */
  static final int ABSENT = -1;

  /** In place of a length: the short way does not decide it. */
  static final int NOT_DECIDED = -2;

  /** Links of a chain of the read table that are followed. */
  private static final int MAX_HOPS = 4;

  private final MappedMemory memory;
  private final DirectoryViews views;
  private final boolean verifies;
  // Of a cache: what is noted of hits, null if nothing is; and what stands in front of a record.
  private final HitMarks marks;
  private final int prefix;
  private final PrefixedValue prefixed;
  private final SealedTables sealed; // null if reads are not verified

  RecordGet(RecordSegments segments, DirectoryViews views, boolean verifies, HitMarks marks) {
    this.memory = segments.memory();
    this.views = views;
    this.verifies = verifies;
    this.prefix = segments.prefix();
    this.prefixed = new PrefixedValue(verifies);
    this.sealed = verifies ? segments.sealed() : null;
    this.marks = marks;
  }

  /**
   * Copies the value of a key; in a cache behind the long in front of its record.
   *
   * @param key array with the key; not looked at if the key is {@link ShortKeys#isShort short}
   * @param keyAt where it begins there
   * @param first of a short key, see {@link ShortKeys}
   * @param last of a short key
   * @param head of a cache: leaves it out, and the long; null to leave out nothing
   * @return null if the key is absent; {@link #UNDECIDED}
   * @throws IndexOutOfBoundsException if what is read makes no sense
   */
  byte[] copy(
      byte[] key, int keyAt, int keyBytes, long first, long last, long hash, ValueHead head) {
    MappedMemory memory = this.memory;
    DirectoryView view = views.get(hash);
    long entry = view.entry(hash);
    ByteBuffer home = Spot.window(memory, entry);
    // Pairs with the release that published the block: what is read of it is read after this.
    long word = Spot.getLongAcquire(home, Spot.at(memory, entry), 0);
    long block = SegmentWord.position(word);
    ByteBuffer window = Spot.windowNear(memory, home, entry, block);
    long start = Spot.of(memory, block);
    long mapped = Spot.mappedBytes(memory, block);
    long found = locate(window, start, mapped, word, key, keyAt, keyBytes, first, last, hash);
    byte[] copy = found < 0 ? null : value(window, start, mapped, found, keyBytes, hash, head);
    boolean stands =
        copy != UNDECIDED
            && stands(window, start, found, word)
            && view.isCurrent(memory, home, entry, word);
    memory.keepAlive();
    if (marks != null && found >= 0 && stands) {
      marks.hit(hash, word, block + (found >>> Integer.SIZE), (int) found);
    }
    return stands ? copy : UNDECIDED;
  }

  PrefixedValue prefixed() {
    return prefixed;
  }

  /** The value of the record of a slot, or {@link #UNDECIDED}; in a cache behind that long. */
  private byte[] value(
      ByteBuffer window,
      long start,
      long mapped,
      long found,
      int keyBytes,
      long hash,
      ValueHead head) {
    int record = SlotWord.offset((int) found);
    int length = length(window, start + record, mapped - record - keyBytes);
    if (length < 0) {
      return UNDECIDED;
    }
    int offset = SyncRecordLayout.PAYLOAD + keyBytes;
    if (prefix != 0) {
      return prefixed.copy(window, start, record, offset, length, hash, head);
    }
    byte[] copy = Spot.copy(window, start + record, offset, length);
    return verifies && !ValueSum.isWhole(window, start + record, copy, 0, length, hash)
        ? UNDECIDED
        : copy;
  }

  /**
   * Copies the value of a key into an array, if there is room for it; in a cache behind the long in
   * front of its record.
   *
   * @param key as for {@link #copy}
   * @param room bytes of the target, from {@code at} on; -1 to copy and to check nothing
   * @return length of the value, copied or not; {@link #ABSENT}; {@link #NOT_DECIDED}
   * @throws IndexOutOfBoundsException if what is read makes no sense
   */
  int into(
      byte[] key,
      int keyAt,
      int keyBytes,
      long first,
      long last,
      long hash,
      byte[] target,
      int at,
      int room) {
    MappedMemory memory = this.memory;
    DirectoryView view = views.get(hash);
    long entry = view.entry(hash);
    ByteBuffer home = Spot.window(memory, entry);
    // Pairs with the release that published the block: what is read of it is read after this.
    long word = Spot.getLongAcquire(home, Spot.at(memory, entry), 0);
    long block = SegmentWord.position(word);
    ByteBuffer window = Spot.windowNear(memory, home, entry, block);
    long start = Spot.of(memory, block);
    long mapped = Spot.mappedBytes(memory, block);
    long found = locate(window, start, mapped, word, key, keyAt, keyBytes, first, last, hash);
    int length =
        found < 0
            ? ABSENT
            : valueInto(window, start, mapped, found, keyBytes, hash, target, at, room);
    boolean stands =
        length != NOT_DECIDED
            && stands(window, start, found, word)
            && view.isCurrent(memory, home, entry, word);
    memory.keepAlive();
    if (marks != null && found >= 0 && room >= 0 && stands) {
      marks.hit(hash, word, block + (found >>> Integer.SIZE), (int) found);
    }
    return stands ? length : NOT_DECIDED;
  }

  private int valueInto(
      ByteBuffer window,
      long start,
      long mapped,
      long found,
      int keyBytes,
      long hash,
      byte[] target,
      int at,
      int room) {
    int record = SlotWord.offset((int) found);
    int length = length(window, start + record, mapped - record - keyBytes);
    if (length < 0 || record < prefix) {
      return NOT_DECIDED;
    }
    if (prefix + length > room) {
      return prefix + length;
    }
    if (prefix != 0) {
      PrefixedValue.copyPrefix(window, start + record, target, at);
    }
    int offset = SyncRecordLayout.PAYLOAD + keyBytes;
    Spot.copy(window, start + record, offset, target, at + prefix, length);
    return verifies && !ValueSum.isWhole(window, start + record, target, at + prefix, length, hash)
        ? NOT_DECIDED
        : prefix + length;
  }

  /** Key length and flags of a record below, the length of its value above. */
  static long lengths(ByteBuffer window, long record) {
    return Spot.getLong(window, record, SyncRecordLayout.KEY_LENGTH);
  }

  /** Length of the value of a record; -1 if it is none of a small record in the mapping. */
  private static int length(ByteBuffer window, long record, long mapped) {
    int length = (int) (lengths(window, record) >>> Integer.SIZE);
    return length < 0
            || length > SyncRecordLayout.MAX_SMALL_BYTES
            || IS_FAST && SyncRecordLayout.PAYLOAD + length > mapped
        ? -1
        : length;
  }

  /**
   * True if what was read of a record, or that there is none, counts while the segment's words are
   * the same, which is looked at next: the slot is what it was, and as it does not come back to a
   * former value, the record was its own.
   *
   * @param found what {@link #locate} returned
   */
  private boolean stands(ByteBuffer window, long start, long found, long word) {
    MappedMemory.acquireFence();
    return found >= 0
        ? SlotWord.isSame(Spot.getInt(window, start + (found >>> Integer.SIZE), 0), (int) found)
        : found == NO_CELL && (sealed == null || sealed.isKnown(word));
  }

  /** What {@link #locate} returns for a key that is absent, if the segment still stands. */
  private static final long NO_CELL = -1;

  /** What it returns if it does not know. */
  private static final long UNDECIDED_CELL = -2;

  /** True if a cell has the extra bits of a hash, by the pair of them that it is in. */
  static boolean isExtra(int pair, int cell, long hash) {
    return (pair >>> ((cell & 1) << 4) & 0xFFFF) == HashBits.extra(hash);
  }

  /**
   * Finds the live slot of a key.
   *
   * @return the slot, with its offset in the block in the upper half; or one of the above
   */
  private static long locate(
      ByteBuffer window,
      long start,
      long mapped,
      long word,
      byte[] key,
      int keyAt,
      int keyBytes,
      long first,
      long last,
      long hash) {
    int buckets = SegmentWord.readBuckets(word);
    long pattern = Tophash.broadcast(HashBits.tophash(hash));
    int index = HashBits.bucket(hash, buckets);
    for (int hops = 0; hops <= MAX_HOPS && index >= 0 && index < buckets; hops++) {
      int bucket = HEADER_BYTES + index * RECORD_BUCKET_BYTES;
      if (IS_FAST && bucket + RECORD_BUCKET_BYTES > mapped) {
        return UNDECIDED_CELL;
      }
      // Pairs with publish(): the cells are read after the word that shows them.
      long tophashes = Spot.getLongAcquire(window, start + bucket, 0);
      for (long hits = Tophash.match(tophashes, pattern); hits != 0; hits &= hits - 1) {
        int cell = Tophash.firstCell(hits);
        int extras = Spot.getInt(window, start + bucket, SegmentLayout.extraPair(cell));
        if (isExtra(extras, cell, hash)) {
          int slotAt = bucket + RecordSegments.slot(cell);
          // Pairs with the CAS of whoever changed the slot last: the record is read after it.
          int slot = Spot.getIntAcquire(window, start + slotAt, 0);
          int record = SlotWord.offset(slot);
          if (IS_FAST && record + SyncRecordLayout.PAYLOAD + keyBytes > mapped
              || (int) lengths(window, start + record) != keyBytes
              || !isKey(window, start + record, key, keyAt, keyBytes, first, last)) {
            return UNDECIDED_CELL; // a large record; hardly ever another key
          }
          // Also of a second cell for the key, in a damaged segment: a change takes the first, too.
          return SlotWord.isNil(slot)
              ? UNDECIDED_CELL
              : (long) slotAt << Integer.SIZE | slot & 0xFFFF_FFFFL;
        }
      }
      boolean ends = Tophash.endsChain(tophashes);
      long passed = Spot.getLong(window, start + bucket, RECORD_OVERFLOW);
      if (hops == 0
          ? ends || OverflowWord.excludes(passed, hash)
          : !SegmentWord.isAmended(word) && (ends || !OverflowWord.mayPass(passed, hash))) {
        return NO_CELL;
      }
      if (ends) {
        return UNDECIDED_CELL;
      }
      index = OverflowWord.link(passed) - 1;
    }
    return UNDECIDED_CELL;
  }

  private static boolean isKey(
      ByteBuffer window, long record, byte[] key, int keyAt, int keyBytes, long first, long last) {
    return ShortKeys.isShort(keyBytes)
        ? isShortKey(window, record, keyBytes, first, last)
        : isLongKey(window, record, key, keyAt, keyBytes);
  }

  /** True if a record has a key of this size, of two numbers. */
  static boolean isShortKey(ByteBuffer window, long record, int keyBytes, long first, long last) {
    int lastAt = SyncRecordLayout.PAYLOAD + ShortKeys.lastAt(keyBytes);
    return keyBytes > Long.BYTES
        ? Spot.getLong(window, record, SyncRecordLayout.PAYLOAD) == first
            && Spot.getLong(window, record, lastAt) == last
        : Spot.getInt(window, record, SyncRecordLayout.PAYLOAD) == (int) first
            && Spot.getInt(window, record, lastAt) == (int) last;
  }

  static boolean isLongKey(ByteBuffer window, long record, byte[] key, int keyAt, int keyBytes) {
    int i = 0;
    for (; i <= keyBytes - Long.BYTES; i += Long.BYTES) {
      if (Spot.getLong(window, record, SyncRecordLayout.PAYLOAD + i)
          != HeapBytes.getLong(key, keyAt + i)) {
        return false;
      }
    }
    for (; i < keyBytes; i++) {
      if (Spot.getByte(window, record, SyncRecordLayout.PAYLOAD + i) != key[keyAt + i]) {
        return false;
      }
    }
    return true;
  }
}
