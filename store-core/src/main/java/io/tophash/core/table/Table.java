package io.tophash.core.table;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.DescriptorLayout;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.RecordLayout;
import io.tophash.core.format.Tophash;
import io.tophash.core.hash.KeyHash;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.HeapBytes;
import io.tophash.core.memory.MappedMemory;

/**
 * Go's runtime map in a file: the state of the table and the lookup.
 *
 * <p><b>Terms.</b> A <em>bucket</em> holds eight entries; buckets that share an index form a
 * <em>chain</em>, linked through overflow words. The <em>tophash word</em> of a bucket has one byte
 * per cell; a cell is occupied iff its byte says so, and that byte is the commit of every insertion
 * and removal. To <em>evacuate</em> a chain is to move it from the old bucket array to the current
 * one while the table grows; each write moves two chains, a read moves none.
 *
 * <p><b>Mechanism.</b> The file is the truth, this object mirrors the live descriptor in fields.
 * Every change of state is one aligned store, so each prefix of the stores that a killed process
 * made is a legal state, at worst with clean-up owed; what is owed stands in the intent ({@link
 * Intent}), and {@link Recovery} pays it. docs/recovery.md argues this store by store.
 *
 * <p><b>Cells.</b> A found cell is returned as one long: the position of its bucket, which is a
 * multiple of eight, plus the number of the cell.
 *
 * <p><b>Organisation.</b> Here: state and lookup. {@link Assigner}: insert, overwrite, delete.
 * {@link Growth}: grow, evacuate, prepare the next array. {@link ChainCursor}: iteration. {@link
 * Recovery}, {@link TableVerifier}: after a kill, and on demand.
 *
 * <p>Not thread-safe. The algorithm is that of Go's runtime/map.go (before the Swiss tables of
 * 1.24).
 */
public final class Table {
  /** What a lookup returns if the key is absent. */
  public static final long ABSENT = -1;

  final TableContext context;
  final MappedMemory memory;
  final BucketLayout layout;
  private final int overflowOffset;
  private final int keyCellBytes;
  private final int bucketBytes;
  private final int chunkShift;
  private final long chunkMask;
  private final boolean indirectKeys;

  // Mirror of the live descriptor; each setter below writes field and file.
  private long descriptor;
  private long count;
  private long noverflow;
  private long nextOverflow;
  private long nevacuate;
  private boolean sameSize;
  private long seed;
  private KeyHash hash;
  private BucketArray current;
  // Null unless a growth is under way.
  private BucketArray old;
  private long mask;
  private long oldMask;
  private long[] chunks;
  private long modifications;
  // Keeps the reads of touch() from being optimised away.
  long touched;

  /** Attaches to the live table of the store. */
  public Table(TableContext context) {
    this.context = context;
    this.memory = context.memory;
    this.layout = context.layout;
    this.overflowOffset = layout.overflow();
    this.keyCellBytes = layout.keyCellBytes();
    this.bucketBytes = layout.bytes();
    this.chunkShift = context.chunkShift;
    this.chunkMask = (1L << chunkShift) - 1;
    this.indirectKeys = layout.indirectKeys();
    load();
  }

  /** Writes the descriptor of an empty table into a new store; a B that cannot be counts as 0. */
  public static void format(MappedMemory memory, int b, long seed) {
    long descriptor = DescriptorLayout.position(0);
    int chunkShift = memory.getInt(0, HeaderLayout.CHUNK_SHIFT);
    boolean possible = BucketArray.isPossible(b, chunkShift, memory.windowBytes());
    memory.putInt(descriptor, DescriptorLayout.B, possible ? b : 0);
    memory.putLong(descriptor, DescriptorLayout.SEED, seed);
  }

  /** Reads the live descriptor anew. */
  void load() {
    long selector = memory.getLong(0, HeaderLayout.SELECTOR);
    descriptor = DescriptorLayout.position(selector);
    int b = memory.getInt(descriptor, DescriptorLayout.B);
    if ((selector & ~1) != 0 || !BucketArray.isPossible(context, b)) {
      throw new CorruptStoreException(
          "table descriptor", descriptor, "impossible size, b=" + b + " selector=" + selector);
    }
    count = memory.getLong(descriptor, DescriptorLayout.COUNT);
    noverflow = memory.getLong(descriptor, DescriptorLayout.NOVERFLOW);
    nextOverflow = memory.getLong(descriptor, DescriptorLayout.NEXT_OVERFLOW);
    nevacuate = memory.getLong(descriptor, DescriptorLayout.NEVACUATE);
    sameSize = memory.getInt(descriptor, DescriptorLayout.SAME_SIZE) != 0;
    seed = memory.getLong(descriptor, DescriptorLayout.SEED);
    hash = context.hashes.withSeed(seed);
    long buckets = memory.getLong(descriptor, DescriptorLayout.BUCKETS);
    long oldBuckets = memory.getLong(descriptor, DescriptorLayout.OLD_BUCKETS);
    setCurrent(
        buckets == 0 ? BucketArray.unallocated(context, b) : BucketArray.open(context, buckets));
    old = oldBuckets == 0 ? null : BucketArray.open(context, oldBuckets);
    oldMask = old == null ? 0 : old.size() - 1;
    if (current.b() != b || old != null && old.b() != (sameSize ? b : b - 1)) {
      throw new CorruptStoreException("table descriptor", descriptor, "sizes disagree, b=" + b);
    }
    if (old != null && nevacuate >= old.size()) {
      throw new CorruptStoreException(
          "table descriptor", descriptor, "the mark is past the end, nevacuate=" + nevacuate);
    }
    if (count < 0 || noverflow < 0 || nextOverflow < 0 || nevacuate < 0) {
      throw new CorruptStoreException("table descriptor", descriptor, "a counter is negative");
    }
  }

  /**
   * Commits a new state of the table: fills the other descriptor and selects it with one store.
   *
   * @param oldArray the array to evacuate from, or null
   */
  void switchTo(
      BucketArray array, BucketArray oldArray, boolean keepsSize, long newCount, long seed) {
    long selector = memory.getLong(0, HeaderLayout.SELECTOR) ^ 1;
    long other = DescriptorLayout.position(selector);
    boolean grows = oldArray != null;
    boolean sameArray = array == current;
    long newNoverflow = sameArray ? noverflow : 0;
    long newNextOverflow = sameArray ? nextOverflow : 0;
    memory.putLong(other, DescriptorLayout.COUNT, newCount);
    memory.putInt(other, DescriptorLayout.B, array.b());
    memory.putInt(other, DescriptorLayout.SAME_SIZE, keepsSize ? 1 : 0);
    memory.putLong(other, DescriptorLayout.SEED, seed);
    memory.putLong(other, DescriptorLayout.BUCKETS, array.directory());
    memory.putLong(other, DescriptorLayout.OLD_BUCKETS, grows ? oldArray.directory() : 0);
    memory.putLong(other, DescriptorLayout.NEVACUATE, 0);
    memory.putLong(other, DescriptorLayout.NOVERFLOW, newNoverflow);
    memory.putLong(other, DescriptorLayout.NEXT_OVERFLOW, newNextOverflow);
    CrashPoint.reached("descriptor.filled");
    memory.putLongRelease(0, HeaderLayout.SELECTOR, selector);
    MappedMemory.storeStoreFence();
    CrashPoint.reached("descriptor.selected");
    if (seed != this.seed) {
      hash = context.hashes.withSeed(seed);
      this.seed = seed;
    }
    descriptor = other;
    count = newCount;
    noverflow = newNoverflow;
    nextOverflow = newNextOverflow;
    nevacuate = 0;
    sameSize = keepsSize;
    old = oldArray;
    oldMask = grows ? oldArray.size() - 1 : 0;
    setCurrent(array);
    modified();
  }

  /** Makes the bucket array if there is none yet: after creation and after a clear. */
  void ensureAllocated() {
    if (current.directory() == 0) {
      int slot = (int) descriptor + DescriptorLayout.BUCKETS;
      setCurrent(BucketArray.create(context, current.b(), slot));
    }
  }

  private void setCurrent(BucketArray array) {
    current = array;
    chunks = array.chunks();
    mask = array.size() - 1;
  }

  long descriptor() {
    return descriptor;
  }

  /** Number of entries. */
  public long count() {
    return count;
  }

  void setCount(long value) {
    count = value;
    memory.putLongRelease(descriptor, DescriptorLayout.COUNT, value);
  }

  /** log2 of the number of regular buckets (Go's B). */
  public int b() {
    return current.b();
  }

  /** Number of overflow buckets of the current bucket array. */
  public long noverflow() {
    return noverflow;
  }

  void setNoverflow(long value) {
    noverflow = value;
    memory.putLongRelease(descriptor, DescriptorLayout.NOVERFLOW, value);
  }

  long nextOverflow() {
    return nextOverflow;
  }

  void setNextOverflow(long value) {
    nextOverflow = value;
    memory.putLongRelease(descriptor, DescriptorLayout.NEXT_OVERFLOW, value);
  }

  long nevacuate() {
    return nevacuate;
  }

  void setNevacuate(long value) {
    nevacuate = value;
    memory.putLongRelease(descriptor, DescriptorLayout.NEVACUATE, value);
  }

  /** True while a growth is under way. */
  public boolean isGrowing() {
    return old != null;
  }

  /** True if the growth under way keeps the size. */
  public boolean isSameSizeGrowing() {
    return sameSize;
  }

  /** Buckets of the old array that were moved for certain; 0 if no growth is under way. */
  public long evacuatedBuckets() {
    return isGrowing() ? nevacuate : 0;
  }

  /** Number of buckets of the old array; 0 if no growth is under way. */
  public long oldBuckets() {
    return isGrowing() ? old.size() : 0;
  }

  BucketArray current() {
    return current;
  }

  BucketArray old() {
    return old;
  }

  /** The hash function with the seed of this table. */
  public KeyHash hash() {
    return hash;
  }

  /** Changes whenever an entry came, went or moved: cells found before are invalid then. */
  public long modifications() {
    return modifications;
  }

  void modified() {
    modifications++;
  }

  /** Draws a new seed; legal only while the table is empty, when no chain depends on it. */
  void reseed(long newSeed) {
    memory.putLongRelease(descriptor, DescriptorLayout.SEED, newSeed);
    seed = newSeed;
    hash = context.hashes.withSeed(newSeed);
  }

  long seed() {
    return seed;
  }

  // --- lookup ------------------------------------------------------------------------------------

  /** Position of the chain that holds what has this hash, or 0 if there is none. */
  long head(long keyHash) {
    if (old != null) {
      long oldHead = unevacuated(keyHash & oldMask);
      if (oldHead != 0) {
        return oldHead;
      }
    }
    return headInCurrent(keyHash);
  }

  long headInCurrent(long keyHash) {
    long index = keyHash & mask;
    long chunk = chunks[(int) (index >>> chunkShift)];
    return chunk == 0 ? 0 : chunk + (index & chunkMask) * bucketBytes;
  }

  /** Position of an old chain that is still to be evacuated, else 0. */
  long unevacuated(long oldIndex) {
    if (oldIndex < nevacuate) {
      return 0;
    }
    long head = old.bucket(oldIndex);
    return head == 0 || Tophash.isEvacuated(tophashWord(head)) ? 0 : head;
  }

  long tophashWord(long bucket) {
    return memory.getLong(bucket, BucketLayout.TOPHASH);
  }

  /** Position of the next bucket of the chain, or 0. */
  long overflow(long bucket) {
    return overflowOf(memory.getLong(bucket, overflowOffset));
  }

  long overflowLink(long bucket) {
    return memory.getLong(bucket, overflowOffset);
  }

  private long overflowOf(long link) {
    long next = Links.position(link);
    if (next != 0) {
      context.checkPosition("overflow bucket", next, bucketBytes);
    }
    return next;
  }

  /** More hops than any chain can have: beyond, the chain is a circle. */
  long maxHops() {
    return context.allocator.limitBytes() / bucketBytes;
  }

  static CorruptStoreException circle(long bucket) {
    return new CorruptStoreException("overflow bucket", bucket, "a chain of buckets is circular");
  }

  /** Finds an eight-byte inline key; the cell, or {@link #ABSENT}. */
  public long findLong(long key, long keyHash) {
    long bucket = head(keyHash);
    long pattern = Tophash.broadcast(Tophash.of(keyHash));
    long hops = 0;
    while (bucket != 0) {
      long word = memory.getLong(bucket, BucketLayout.TOPHASH);
      for (long hits = Tophash.match(word, pattern); hits != 0; hits &= hits - 1) {
        int cell = Tophash.firstCell(hits);
        if (memory.getLong(bucket, BucketLayout.DATA_OFFSET + 8 * cell) == key) {
          return bucket + cell;
        }
      }
      if (Tophash.endsChain(word)) {
        break;
      }
      bucket = overflow(bucket);
      if (++hops > 1000 && hops > maxHops()) {
        throw circle(bucket);
      }
    }
    return ABSENT;
  }

  /** Finds a key of any other kind; the cell, or {@link #ABSENT}. */
  public long findBytes(byte[] key, int length, long keyHash) {
    long bucket = head(keyHash);
    long pattern = Tophash.broadcast(Tophash.of(keyHash));
    long hops = 0;
    while (bucket != 0) {
      long word = memory.getLong(bucket, BucketLayout.TOPHASH);
      for (long hits = Tophash.match(word, pattern); hits != 0; hits &= hits - 1) {
        int cell = Tophash.firstCell(hits);
        if (sameKey(bucket, cell, key, length)) {
          return bucket + cell;
        }
      }
      if (Tophash.endsChain(word)) {
        break;
      }
      bucket = overflow(bucket);
      if (++hops > 1000 && hops > maxHops()) {
        throw circle(bucket);
      }
    }
    return ABSENT;
  }

  /** Reads the tophash words of many keys, so that their cache misses overlap. */
  public void touch(long[] hashes, int n) {
    long sum = 0;
    for (int i = 0; i < n; i++) {
      long bucket = head(hashes[i]);
      sum += bucket == 0 ? 0 : tophashWord(bucket);
    }
    touched = sum;
  }

  private boolean sameKey(long bucket, int cell, byte[] key, int length) {
    int offset = BucketLayout.DATA_OFFSET + cell * keyCellBytes;
    if (!indirectKeys) {
      return memory.sameBytes(bucket + offset, key, length);
    }
    long record = memory.getLong(bucket, offset);
    context.checkPosition("key record", record, RecordLayout.bytes(length));
    return memory.getInt(record, RecordLayout.LENGTH) == length
        && memory.sameBytes(record + RecordLayout.PAYLOAD, key, length);
  }

  /** Hash of the key in an occupied cell. */
  long hashOfCell(long bucket, int cell) {
    int offset = layout.key(cell);
    if (indirectKeys) {
      long record = record("key record", bucket, offset);
      int length = memory.getInt(record, RecordLayout.LENGTH);
      return hash.ofBytes(memory, record + RecordLayout.PAYLOAD, length, MappedBytes.ACCESS);
    }
    return context.keyFixedBytes == 8
        ? hash.ofLong(memory.getLong(bucket, offset))
        : hash.ofBytes(memory, bucket + offset, context.keyFixedBytes, MappedBytes.ACCESS);
  }

  /** Position of the record that a cell refers to; checked with its length. */
  long record(String section, long bucket, int cellOffset) {
    long record = memory.getLong(bucket, cellOffset);
    context.checkPosition(section, record, RecordLayout.PAYLOAD);
    int length = memory.getInt(record, RecordLayout.LENGTH);
    if (length < 0) {
      throw new CorruptStoreException(section, record, "negative length, length=" + length);
    }
    context.checkPosition(section, record, RecordLayout.bytes(length));
    return record;
  }

  /** Hash of a key on the heap. */
  public long hashOf(byte[] key, int length) {
    return context.keyFixedBytes == 8
        ? hash.ofLong((long) HeapBytes.LONG.get(key, 0))
        : hash.ofBytes(key, length);
  }
}
