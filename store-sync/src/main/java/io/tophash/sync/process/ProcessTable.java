package io.tophash.sync.process;

import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreTimeoutException;
import io.tophash.core.memory.Backoff;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.Liveness;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.HazardWord;
import io.tophash.sync.format.LockWord;
import io.tophash.sync.format.ProcessLayout;
import io.tophash.sync.format.RegionLayout;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * This process's row in the process table, and its view of the others.
 *
 * <p><b>Life of a row.</b> It belongs to whoever holds the kernel lock on the byte of its number.
 * {@link #claim} takes that lock and writes nothing; {@link #enter} counts the incarnation up and
 * publishes the row; {@link #leave} takes it back. Since a lock word and a hazard word both carry
 * the incarnation of their owner, one that a former owner of the row left behind is never mistaken
 * for one of the present owner: it is dead from the moment of {@code enter}, and before that the
 * kernel lock of its owner is gone. So a process may be killed between any two stores here.
 *
 * <p><b>Hazards.</b> A writer that takes no lock says in a hazard word which shard it is in, and
 * then looks whether the shard is frozen; who freezes a shard first says so, and then looks at the
 * hazard words. Each of the four is volatile, so at least one of the two sees the other. The words
 * are {@link HazardWord}s. Each has a cache line; a thread starts at one that its id selects, so
 * that no two threads share one as long as there are enough.
 *
 * <p>What a killed process left in its hazards is the subject of {@link OwedHazards}.
 *
 * <p>Thread-safe but for {@link #enter} and {@link #leave}, which are called once.
 */
public final class ProcessTable implements RowOwners {
  /** Waiting in {@link #leave} longer than this means that a thread is stuck inside. */
  private static final long LEAVE_TIMEOUT_MS = 10_000;

  private static final int PROBES = 4;
  private static final int PROBE_STEP = 7; // prime to the number of hazards
  private static final int CLAIM_ROUNDS = 3;

  private final MappedMemory memory;
  private final Liveness liveness;
  private final int slot;
  private final long row;
  private final long incarnation;
  private final RowLiveness rows;
  private final OwedHazards owed;
  private final Drainer drainer;
  private final Deserted deserted;
  private volatile boolean entered;

  private ProcessTable(MappedMemory memory, Liveness liveness, RowLiveness rows, int slot) {
    this.memory = memory;
    this.liveness = liveness;
    this.slot = slot;
    this.row = RegionLayout.process(slot);
    this.incarnation = LockWord.incarnation(incarnationOf(slot) + 1);
    this.rows = rows;
    this.owed = new OwedHazards(memory, liveness, this);
    this.deserted = new Deserted(memory, slot, incarnation);
    this.drainer = new Drainer(memory, owed, deserted);
  }

  /**
   * Takes the first slot that is free, for a store that is mapped. Nothing is written yet: {@link
   * #enter} follows at once, since until then nobody can tell a dead former owner from this one.
   *
   * @throws StoreException if all slots are taken
   */
  public static ProcessTable claim(MappedMemory memory, Liveness liveness) {
    RowLiveness rows = new RowLiveness(memory, liveness);
    // More than once, as somebody who only tests a slot holds its lock for a moment.
    for (int round = 0; round < CLAIM_ROUNDS; round++) {
      for (int slot = 0; slot < RegionLayout.PROCESS_COUNT; slot++) {
        boolean isFree = !Rows.isAttached(memory, slot) || !rows.isSeenAlive(slot);
        if (isFree && liveness.tryLockSlot(slot)) {
          if (Rows.isAttached(memory, slot) && rows.mayLiveUnlocked(slot)) {
            liveness.unlockSlot(slot); // it lost its lock, and will take it again
            continue;
          }
          CrashPoint.reached("process.claimed");
          return new ProcessTable(memory, liveness, rows, slot);
        }
      }
    }
    throw new StoreException(
        "the process table is full: at most "
            + RegionLayout.PROCESS_COUNT
            + " processes may have a store open for writing; close it in one of them, or open it"
            + " with readOnly(true)");
  }

  /** Claims a slot and enters. */
  public static ProcessTable attach(MappedMemory memory, Liveness liveness) {
    while (true) {
      ProcessTable table = claim(memory, liveness);
      if (table.enter()) {
        return table;
      }
      liveness.unlockSlot(table.slot);
    }
  }

  /**
   * Publishes the row: from now on locks and hazards of this process are those of a living one.
   *
   * @return false if the kernel dropped the lock of the row meanwhile, and another process has
   *     taken it; then the row is that one's, and the caller claims another
   */
  public boolean enter() {
    for (int i = 0; i < ProcessLayout.HAZARD_COUNT; i++) {
      int hazard = ProcessLayout.hazard(i);
      if (isOwn(memory.getLong(row, hazard))) {
        // Nobody ever had this number: the file is damaged, and leave() would wait for nobody.
        memory.putLong(row, hazard, 0);
      }
    }
    // First, and before all else is written: it declares dead what the former owner left.
    memory.putLongVolatile(row, ProcessLayout.INCARNATION, incarnation);
    CrashPoint.reached("process.counted");
    Rows.describeSelf(memory, slot, liveness.run());
    // Volatile: before the first hazard word is taken and the lock word behind it is read. Who
    // freezes a shard reads this word after its own store.
    memory.putLongVolatile(row, ProcessLayout.ATTACHED, 1);
    CrashPoint.reached("process.entered");
    if (!liveness.confirm()) {
      return false;
    }
    entered = true;
    return true;
  }

  /**
   * Gives the row back; no operation of this process may begin any more. Waits for those that run.
   *
   * @throws StoreTimeoutException if one does not end; the row is still this process's then
   */
  public void leave() {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LEAVE_TIMEOUT_MS);
    Backoff idle = new Backoff();
    while (hasOwnHazards()) {
      deserted.settle();
      if (System.nanoTime() - deadline >= 0) {
        throw new StoreTimeoutException(
            "an operation of this process does not end, so the store cannot be closed; end it and"
                + " close again, timeoutMs="
                + LEAVE_TIMEOUT_MS);
      }
      idle.idle();
    }
    entered = false;
    if (!owed.isOwing(slot)) {
      // After all that this process did. A row that owes stays, as if of a killed process.
      memory.putLongVolatile(row, ProcessLayout.ATTACHED, 0);
      CrashPoint.reached("process.left");
    }
    liveness.unlockSlot(slot);
  }

  private boolean hasOwnHazards() {
    for (int i = 0; i < ProcessLayout.HAZARD_COUNT; i++) {
      long word = memory.getLongAcquire(row, ProcessLayout.hazard(i));
      if (word != 0 && isOwn(word)) {
        return true;
      }
    }
    return false;
  }

  /** True if a hazard word has this process's incarnation. */
  @Override
  public boolean isOwn(long hazardWord) {
    return HazardWord.isOf(hazardWord, incarnation);
  }

  /** Index of this process's row. */
  @Override
  public int slot() {
    return slot;
  }

  /** Position of this process's row. */
  public long rowPosition() {
    return row;
  }

  /** The number of this owner of the row. */
  public long incarnation() {
    return incarnation;
  }

  /** What this thread writes into a lock word; valid from {@link #enter} to {@link #leave}. */
  public long lockWord() {
    return LockWord.of(slot, incarnation, Deserted.thread());
  }

  /** What names this process, and this owner of its row, in the form of a lock word. */
  public long self() {
    return LockWord.of(slot, incarnation);
  }

  /** What was left of operations that threads of this process were thrown out of. */
  public Deserted deserted() {
    return deserted;
  }

  // --- who is alive -----------------------------------------------------------------------------

  /**
   * True if the process that wrote a word with this slot and incarnation is known to be dead
   * without a look at its lock: the row was handed on, or the slot does not exist (of a damaged
   * word). Wait-free.
   */
  public boolean isHandedOn(int slot, long incarnation) {
    if (slot < 0 || slot >= RegionLayout.PROCESS_COUNT) {
      return true;
    }
    long wanted = LockWord.incarnation(incarnation);
    return slot == this.slot
        ? !entered || wanted != this.incarnation
        : wanted != LockWord.incarnation(incarnationOf(slot));
  }

  /** True if the process that wrote a word with this slot and incarnation lives. */
  @Override
  public boolean isAlive(int slot, long incarnation) {
    if (isHandedOn(slot, incarnation)) {
      return false;
    }
    if (slot == this.slot) {
      return true;
    }
    // In between: what is read there is that of the incarnation that is there before and after,
    // unless a new owner has claimed the row and not entered yet; he does so at once.
    return rows.mayStore(slot) && !isHandedOn(slot, incarnation);
  }

  @Override
  public long incarnationOf(int slot) {
    return memory.getLongVolatile(RegionLayout.process(slot), ProcessLayout.INCARNATION);
  }

  /** Who has this slot, or had it last, for messages. */
  public String describe(int slot) {
    if (slot < 0 || slot >= RegionLayout.PROCESS_COUNT) {
      return "unknown";
    }
    AttachedProcess process = Rows.read(memory, slot);
    return "pid="
        + process.pid()
        + " started="
        + (process.started() == null ? "unknown" : process.started())
        + " host="
        + process.host();
  }

  /** Whether no other process has the store open for writing. */
  public boolean isAlone() {
    return !rows.isAnyAlive(slot);
  }

  /** See {@link RowLiveness#awaitCertainty}. */
  public void awaitCertainty() {
    rows.awaitCertainty(slot);
  }

  /** The processes that have the store open for writing. */
  public List<AttachedProcess> attached() {
    return Rows.attached(memory, rows::isAlive);
  }

  // --- the guard --------------------------------------------------------------------------------

  /**
   * Says that an operation of this thread is in a shard; then the caller looks whether the shard is
   * frozen, and leaves again if so. Wait-free.
   *
   * @return position of the hazard, for {@link #leaveGuard}; 0 if none was free
   */
  public long enterGuard(int shard) {
    long id = Thread.currentThread().getId();
    int index = spread(id);
    long word = HazardWord.of(incarnation, Deserted.number(id), shard);
    for (int probe = 0; probe < PROBES; probe++) {
      int offset = ProcessLayout.hazard(index);
      if (memory.compareAndSetLong(row, offset, 0, word)) {
        return row + offset;
      }
      index = (index + PROBE_STEP) % ProcessLayout.HAZARD_COUNT;
    }
    return 0;
  }

  private static int spread(long threadId) {
    return (int) ((threadId * 0x9E37_79B9L & 0xFFFF_FFFFL) * ProcessLayout.HAZARD_COUNT >>> 32);
  }

  /** Counts a change of who is in the guard: the hazard's line is his meanwhile. */
  public void countChange(long hazard, boolean removes) {
    int at = (int) hazard + (removes ? ProcessLayout.HAZARD_REMOVES : ProcessLayout.HAZARD_STORES);
    memory.putLong(0, at, memory.getLong(0, at) + 1);
  }

  /** Ends what {@link #enterGuard} began: after all stores of the operation. Wait-free. */
  public void leaveGuard(long hazard) {
    memory.putLongRelease(hazard, ProcessLayout.HAZARD_SHARD, 0);
  }

  /**
   * Waits until nobody is inside a shard, for the holder of its lock that has frozen it. Hazards of
   * dead processes are cleared. Blocking.
   *
   * @param deadlineNanos of {@link System#nanoTime}
   */
  public Drain awaitNoHazards(int shard, long deadlineNanos) {
    return drainer.awaitNoHazards(shard, deadlineNanos);
  }

  /**
   * Slot of the process that made {@link #awaitNoHazards} time out last, for the message; or -1.
   */
  public int blockingSlot() {
    return drainer.blockingSlot();
  }

  /**
   * First slot, other than the given one, of a live process that is inside a shard at present; or
   * -1. For messages. Wait-free.
   */
  public int slotInside(int shard, int except) {
    return drainer.inside(shard, except);
  }

  /** What dead processes left in the hazards. */
  public OwedHazards owed() {
    return owed;
  }
}
