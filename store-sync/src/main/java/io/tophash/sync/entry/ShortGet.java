package io.tophash.sync.entry;

import static io.tophash.core.memory.MemoryMode.IS_FAST;
import static io.tophash.sync.format.SegmentLayout.HEADER_BYTES;
import static io.tophash.sync.format.SegmentLayout.RECORD_BUCKET_BYTES;
import static io.tophash.sync.format.SyncRecordLayout.MAX_SMALL_BYTES;
import static io.tophash.sync.format.SyncRecordLayout.PAYLOAD;

import io.tophash.core.format.Tophash;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.Spot;
import io.tophash.sync.format.HashBits;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.SlotWord;
import io.tophash.sync.segment.RecordSegments;
import io.tophash.sync.shard.DirectoryView;
import io.tophash.sync.shard.DirectoryViews;
import java.nio.ByteBuffer;

/**
 * The shortest way of all: a {@link ShortKeys short} key in the first cell of its home bucket that
 * may be the key's. It does what {@link RecordGet} does, in the same order, and leaves to that what
 * it does not find. There is no loop in it and no result that means several things, since where
 * ways meet the JIT compiler moves all that it has in registers to the stack.
 */
final class ShortGet {
  private final MappedMemory memory;
  private final DirectoryViews views;
  private final boolean verifies;
  private final int prefix;
  private final HitMarks marks;
  private final RecordGet others;

  /** The parameters are those of {@link RecordGet}, which is the last. */
  ShortGet(
      MappedMemory memory,
      DirectoryViews views,
      boolean verifies,
      int prefix,
      HitMarks marks,
      RecordGet others) {
    this.memory = memory;
    this.views = views;
    this.verifies = verifies;
    this.prefix = prefix;
    this.marks = marks;
    this.others = others;
  }

  /** As {@link RecordGet#copy}. */
  byte[] copy(int keyBytes, long first, long last, long hash, ValueHead head) {
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
    int slotAt = slotAt(window, start, mapped, word, hash);
    if (slotAt < 0) {
      return others.copy(null, 0, keyBytes, first, last, hash, head);
    }
    // Pairs with the CAS of whoever changed the slot last: the record is read after it.
    int slot = Spot.getIntAcquire(window, start + slotAt, 0);
    int offset = SlotWord.offset(slot);
    long record = start + offset;
    if (SlotWord.isNil(slot) || IS_FAST && offset + PAYLOAD + keyBytes > mapped) {
      return RecordGet.UNDECIDED;
    }
    long lengths = RecordGet.lengths(window, record);
    int length = (int) (lengths >>> Integer.SIZE);
    int from = PAYLOAD + keyBytes;
    // Not a large record, hardly ever another key.
    if ((int) lengths != keyBytes
        || Integer.compareUnsigned(length, MAX_SMALL_BYTES) > 0
        || IS_FAST && offset + from + length > mapped
        || !RecordGet.isShortKey(window, record, keyBytes, first, last)) {
      return RecordGet.UNDECIDED;
    }
    byte[] copy;
    if (prefix == 0) {
      copy = Spot.copy(window, record, from, length);
      if (verifies && !ValueSum.isWhole(window, record, copy, 0, length, hash)) {
        return RecordGet.UNDECIDED;
      }
    } else {
      copy = others.prefixed().copy(window, start, offset, from, length, hash, head);
      if (copy == RecordGet.UNDECIDED) {
        return copy;
      }
    }
    // The slot does not come back to a former value, so if it is the same, the record was its own.
    MappedMemory.acquireFence();
    boolean stands =
        SlotWord.isSame(Spot.getInt(window, start + slotAt, 0), slot)
            && view.isCurrent(memory, home, entry, word);
    memory.keepAlive();
    if (marks != null && stands) {
      marks.hit(hash, word, block + slotAt, slot);
    }
    return stands ? copy : RecordGet.UNDECIDED;
  }

  /** As {@link RecordGet#into}. */
  int into(int keyBytes, long first, long last, long hash, byte[] target, int at, int room) {
    MappedMemory memory = this.memory;
    DirectoryView view = views.get(hash);
    long entry = view.entry(hash);
    ByteBuffer home = Spot.window(memory, entry);
    // The same as above, step by step.
    long word = Spot.getLongAcquire(home, Spot.at(memory, entry), 0);
    long block = SegmentWord.position(word);
    ByteBuffer window = Spot.windowNear(memory, home, entry, block);
    long start = Spot.of(memory, block);
    long mapped = Spot.mappedBytes(memory, block);
    int slotAt = slotAt(window, start, mapped, word, hash);
    if (slotAt < 0) {
      return others.into(null, 0, keyBytes, first, last, hash, target, at, room);
    }
    int slot = Spot.getIntAcquire(window, start + slotAt, 0);
    int offset = SlotWord.offset(slot);
    long record = start + offset;
    if (SlotWord.isNil(slot)
        || offset < prefix
        || IS_FAST && offset + PAYLOAD + keyBytes > mapped) {
      return RecordGet.NOT_DECIDED;
    }
    long lengths = RecordGet.lengths(window, record);
    int length = (int) (lengths >>> Integer.SIZE);
    int from = PAYLOAD + keyBytes;
    if ((int) lengths != keyBytes
        || Integer.compareUnsigned(length, MAX_SMALL_BYTES) > 0
        || IS_FAST && offset + from + length > mapped
        || !RecordGet.isShortKey(window, record, keyBytes, first, last)) {
      return RecordGet.NOT_DECIDED;
    }
    if (prefix + length <= room) {
      if (prefix != 0) {
        PrefixedValue.copyPrefix(window, record, target, at);
      }
      Spot.copy(window, record, from, target, at + prefix, length);
      if (verifies && !ValueSum.isWhole(window, record, target, at + prefix, length, hash)) {
        return RecordGet.NOT_DECIDED;
      }
    }
    MappedMemory.acquireFence();
    boolean stands =
        SlotWord.isSame(Spot.getInt(window, start + slotAt, 0), slot)
            && view.isCurrent(memory, home, entry, word);
    memory.keepAlive();
    if (marks != null && room >= 0 && stands) {
      marks.hit(hash, word, block + slotAt, slot);
    }
    return stands ? prefix + length : RecordGet.NOT_DECIDED;
  }

  /** Offset in the block of the slot of that cell; -1 if there is none. */
  static int slotAt(ByteBuffer window, long start, long mapped, long word, long hash) {
    int bucket =
        HEADER_BYTES + HashBits.bucket(hash, SegmentWord.readBuckets(word)) * RECORD_BUCKET_BYTES;
    if (IS_FAST && bucket + RECORD_BUCKET_BYTES > mapped) {
      return -1;
    }
    // Pairs with publish(): the cells are read after the word that shows them.
    long tophashes = Spot.getLongAcquire(window, start + bucket, 0);
    long hits = Tophash.match(tophashes, Tophash.broadcast(HashBits.tophash(hash)));
    if (hits == 0) {
      return -1;
    }
    int cell = Tophash.firstCell(hits);
    int extras = Spot.getInt(window, start + bucket, SegmentLayout.extraPair(cell));
    return RecordGet.isExtra(extras, cell, hash) ? bucket + RecordSegments.slot(cell) : -1;
  }
}
