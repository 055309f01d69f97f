package io.tophash.core.table;

import io.tophash.core.errors.StoreFullException;
import io.tophash.core.format.DirectoryLayout;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;

/**
 * How the table grows, once {@link LoadFactor} says so: the incremental move ({@link Evacuator}),
 * and what Go leaves to its allocator and collector: the next bucket array is prepared in small
 * steps before it is needed, and the chunks of an old one are freed in small steps after it was
 * left. No step depends on the size of the table.
 */
public final class Growth {
  /** Tables with fewer buckets are cheaper to make at once than to prepare. */
  private static final int PREPARE_MIN_B = 10;

  /** Bytes of zeros that one step of preparation writes; see StoreFile. */
  private static final int STEP_BYTES = 1 << 16;

  private final Table table;
  private final TableContext context;
  private final MappedMemory memory;
  private final Assigner assigner;
  private final Evacuator evacuator;
  // The array prepared for the next growth; null: none yet.
  private BucketArray next;
  // How many of its chunks are there for certain, counted from the last.
  private int nextReady;
  // Old array whose chunks are being freed; null: none.
  private BucketArray releasing;
  private int releaseIndex;
  private long prepareFrom;
  private long stepEvery;
  private long untilStep;

  /**
   * @param table the table that grows
   * @param assigner makes its overflow buckets
   */
  public Growth(Table table, Assigner assigner) {
    this.table = table;
    this.context = table.context;
    this.memory = table.memory;
    this.assigner = assigner;
    this.evacuator = new Evacuator(table, assigner);
    reload();
  }

  /** Reads anew what the header says. */
  public void reload() {
    long nextDirectory = memory.getLong(0, HeaderLayout.NEXT_DIRECTORY);
    next = nextDirectory == 0 ? null : BucketArray.open(context, nextDirectory);
    long releasingDirectory = memory.getLong(0, HeaderLayout.RELEASING_DIRECTORY);
    releasing = releasingDirectory == 0 ? null : BucketArray.open(context, releasingDirectory);
    releaseIndex = 0;
    planPreparation();
  }

  /** The part of a growth under way that falls to an operation that is about to use this hash. */
  public void work(long keyHash) {
    if (table.isGrowing()) {
      evacuate(keyHash & table.old().size() - 1);
      if (table.isGrowing()) {
        evacuate(table.nevacuate());
      }
    }
    if (releasing != null) {
      releaseStep();
    }
  }

  /** As {@link #work} for operations that need no space: without space the move is put off. */
  public void workIfRoom(long keyHash) {
    try {
      work(keyHash);
    } catch (StoreFullException e) {
      // Lookups and deletions work on a chain that has not moved as well.
    }
  }

  private void evacuate(long oldIndex) {
    if (evacuator.evacuate(oldIndex)) {
      finish();
    }
  }

  /** Makes room for one more entry with this hash: starts a growth if it is time. */
  public void beforeInsert(long keyHash) {
    table.ensureAllocated();
    if (table.isGrowing()) {
      if (table.unevacuated(keyHash & table.old().size() - 1) != 0) {
        work(keyHash);
      }
    } else {
      boolean doubles = LoadFactor.overLoadFactor(table.count() + 1, table.b());
      if (doubles || LoadFactor.tooManyOverflowBuckets(table.noverflow(), table.b())) {
        start(!doubles);
        work(keyHash);
      }
    }
  }

  private void start(boolean keepsSize) {
    int newB = keepsSize ? table.b() : table.b() + 1;
    // None is prepared of the present size: one that is there is filled, by a shrinking.
    if (next != null && (keepsSize || next.b() != newB)) {
      dropNext();
    }
    if (next == null) {
      next = BucketArray.create(context, newB, HeaderLayout.NEXT_DIRECTORY);
    }
    table.switchTo(next, table.current(), keepsSize, table.count(), table.seed());
    memory.putLongRelease(0, HeaderLayout.NEXT_DIRECTORY, 0);
    CrashPoint.reached("growth.started");
    next = null;
    planPreparation();
  }

  /** Gives back what was prepared, if something was, and what is being given back. */
  private void dropNext() {
    releaseAll();
    if (next == null) {
      return;
    }
    memory.putLongRelease(0, HeaderLayout.RELEASING_DIRECTORY, next.directory());
    CrashPoint.reached("next.dropping");
    memory.putLongRelease(0, HeaderLayout.NEXT_DIRECTORY, 0);
    CrashPoint.reached("next.dropped");
    beginRelease(next);
    next = null;
    releaseAll();
  }

  private void finish() {
    releaseAll();
    BucketArray old = table.old();
    memory.putLongRelease(0, HeaderLayout.RELEASING_DIRECTORY, old.directory());
    CrashPoint.reached("growth.finishing");
    table.switchTo(table.current(), null, false, table.count(), table.seed());
    CrashPoint.reached("growth.finished");
    beginRelease(old);
    planPreparation();
  }

  private void beginRelease(BucketArray array) {
    releasing = array;
    releaseIndex = 0;
    if (array.chunkCount() <= 2) {
      releaseAll();
    }
  }

  private void releaseAll() {
    while (releasing != null) {
      releaseStep();
    }
  }

  /** Frees one chunk of the array that was left, at last its directory. */
  private void releaseStep() {
    if (releaseIndex < releasing.chunkCount()) {
      releasing.freeChunk(releaseIndex++);
    } else {
      releasing.freeDirectory(HeaderLayout.RELEASING_DIRECTORY);
      releasing = null;
      releaseIndex = 0;
    }
  }

  // --- preparation of the next array -----------------------------------------------------------

  private void planPreparation() {
    int b = table.b();
    nextReady = 0;
    untilStep = 0;
    if (b < PREPARE_MIN_B || table.isGrowing()) {
      prepareFrom = Long.MAX_VALUE;
      return;
    }
    long limit = LoadFactor.limit(b);
    prepareFrom = limit - limit / 8;
    long bytes = DirectoryLayout.bucketCount(b + 1) * context.layout.bytes();
    long chunks = DirectoryLayout.chunkCount(b + 1, context.chunkShift);
    // Within three quarters of the insertions that are left before the growth.
    long steps = bytes / STEP_BYTES + 2 * chunks + 2;
    stepEvery = Math.max(1, limit / 8 * 3 / 4 / steps);
  }

  /** Called after each insertion: now and then one step towards the next array. */
  public void prepare() {
    if (table.count() < prepareFrom || --untilStep > 0) {
      return;
    }
    untilStep = stepEvery;
    try {
      prepareStep();
    } catch (StoreFullException e) {
      // Not needed yet. If there is still no room when it is, that insertion says so.
      untilStep = Math.max(stepEvery, 1 << 12);
    }
  }

  private void prepareStep() {
    if (next != null && next.b() != table.b() + 1) {
      dropNext(); // what a shrinking has left, which is small
    }
    if (next == null) {
      next = BucketArray.create(context, table.b() + 1, HeaderLayout.NEXT_DIRECTORY);
      nextReady = 0;
      return;
    }
    // From the last chunk down: the overflow buckets, which cannot be moved later, come to lie
    // lowest.
    int index = next.chunkCount() - 1 - nextReady;
    if (index < 0) {
      prepareFrom = Long.MAX_VALUE;
    } else if (next.chunks()[index] != 0) {
      nextReady++;
    } else if (next.prepareChunk(index)) {
      next.makeChunk(index);
      nextReady++;
    }
  }

  /**
   * Empties the table, keeps B, draws a new seed. Takes time in proportion to the pages of the file
   * (4 bytes for each 16 KiB), not to the entries.
   */
  public void clear(long newSeed) {
    memory.putLongRelease(0, HeaderLayout.CLEARING, 1);
    CrashPoint.reached("clear.begun");
    table.switchTo(BucketArray.unallocated(context, table.b()), null, false, 0, newSeed);
    Recovery.freeEverything(context);
    next = null;
    releasing = null;
    releaseIndex = 0;
    planPreparation();
  }

  /**
   * Makes the file as short as it can be: moves all records and the bucket array to the lowest free
   * places. Takes time in proportion to the store.
   *
   * @param newSeed for a table without entries, of which everything is freed
   */
  public void compactAll(long newSeed) {
    if (table.count() == 0) {
      clear(newSeed);
      return;
    }
    try {
      finishGrowth();
      shrink();
      table.forgetSums();
      // What one kind of blocks leaves takes the next.
      RecordMover mover = new RecordMover(table, assigner);
      context.allocator.beginLow();
      mover.moveAll(false);
      mover.moveAll(true);
      rebuildArray();
      mover.moveAll(true);
    } catch (StoreFullException e) {
      // A move needs room, too; what was moved so far stays where it is.
    }
    compact(Long.MAX_VALUE);
  }

  /**
   * Gives the bucket array the size that its entries need, if it has many times that: for a close,
   * as it takes time in proportion to what is there. Nothing is done if there is no room.
   */
  public void shrink() {
    int b = Shrinking.wantedB(table);
    if (b < 0) {
      return;
    }
    // The second time where the large array was, so that the end of the file can be cut off.
    if (copyTo(b)) {
      context.allocator.beginLow();
      copyTo(b);
    }
    planPreparation();
  }

  private boolean copyTo(int b) {
    try {
      dropNext();
      next = BucketArray.create(context, b, HeaderLayout.NEXT_DIRECTORY);
      long overflow = Shrinking.fill(table, next);
      CrashPoint.reached("shrink.filled");
      if (overflow >= 0) {
        leaveFor(next, overflow);
        return true;
      }
    } catch (StoreFullException e) {
      // It is as large as before.
    }
    dropNext();
    return false;
  }

  /** The commit of a shrinking: as that of a growth that has nothing to move. */
  private void leaveFor(BucketArray small, long overflow) {
    BucketArray large = table.current();
    memory.putLongRelease(0, HeaderLayout.RELEASING_DIRECTORY, large.directory());
    CrashPoint.reached("shrink.leaving");
    table.switchTo(small, null, false, table.count(), table.seed(), overflow, overflow);
    memory.putLongRelease(0, HeaderLayout.NEXT_DIRECTORY, 0);
    CrashPoint.reached("shrink.left");
    next = null;
    beginRelease(large);
    releaseAll();
  }

  private void finishGrowth() {
    while (table.isGrowing()) {
      evacuate(table.nevacuate());
    }
    releaseAll();
  }

  // Overflow buckets cannot be moved one by one, as chains refer to them by position: a growth to
  // the same size moves them, if the present array is in the way and there is room for another.
  private void rebuildArray() {
    long free = context.allocator.freeBytes();
    long inUse = context.allocator.limitBytes() - free;
    long arrayBytes = DirectoryLayout.bucketCount(table.b()) * context.layout.bytes();
    if (table.endOfArrays() > inUse && free > arrayBytes) {
      int chunks = DirectoryLayout.chunkCount(table.b(), context.chunkShift);
      context.allocator.beginLow();
      context.allocator.beginSpan(DirectoryLayout.bytes(chunks));
      start(true);
      finishGrowth();
    }
  }

  /**
   * Moves the chunks of the bucket array to the lowest free places in the file and frees what was
   * prepared ahead.
   */
  public void compact(long maxBytes) {
    dropNext();
    table.modified();
    table.current().moveChunksDown(maxBytes);
    planPreparation();
  }
}
