package io.tophash.core.table;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.DescriptorLayout;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.hash.KeyHash;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;

/**
 * The state of a table: the live descriptor, mirrored in fields so that a lookup reads the file for
 * entries only. Each setter writes field and file.
 */
abstract class TableState {
  final TableContext context;
  final MappedMemory memory;
  final BucketLayout layout;

  private long descriptor;
  private long count;
  private long noverflow;
  private long nextOverflow;
  private boolean sameSize;
  private long seed;
  private BucketArray current;
  private long modifications;

  // Read by the lookup as they are.
  long nevacuate;
  KeyHash hash;
  // Null unless a growth is under way.
  BucketArray old;
  long mask;
  long oldMask;
  long[] chunks;

  TableState(TableContext context) {
    this.context = context;
    this.memory = context.memory;
    this.layout = context.layout;
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

  /** As {@link #load}, for a table that is in use. */
  public void reload() {
    modified();
    load();
  }

  /** Reads the live descriptor anew. */
  final void load() {
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
    boolean sameArray = array == current;
    switchTo(
        array,
        oldArray,
        keepsSize,
        newCount,
        seed,
        sameArray ? noverflow : 0,
        sameArray ? nextOverflow : 0);
  }

  /** The same to an array that has overflow buckets by now, or keeps those that it has. */
  void switchTo(
      BucketArray array,
      BucketArray oldArray,
      boolean keepsSize,
      long newCount,
      long seed,
      long newNoverflow,
      long newNextOverflow) {
    long selector = memory.getLong(0, HeaderLayout.SELECTOR) ^ 1;
    long other = DescriptorLayout.position(selector);
    boolean grows = oldArray != null;
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

  /** No chunk and no directory in use lies behind this position. */
  public long endOfArrays() {
    return Math.max(current.end(), old == null ? 0 : old.end());
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

  /** Changes with every change: cells and values that were read before may be outdated then. */
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
}
