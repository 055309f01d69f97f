package io.tophash.sync.checkpoint;

import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreTimeoutException;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.Sidecar;
import io.tophash.core.memory.StoreFile;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.OwnerWord;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.format.ShardState;
import io.tophash.sync.process.ProcessTable;
import io.tophash.sync.shard.Cut;
import io.tophash.sync.shard.CutSums;
import io.tophash.sync.shard.ShardContext;
import io.tophash.sync.shard.Shards;
import java.io.UncheckedIOException;
import java.util.function.LongPredicate;

/**
 * Takes checkpoints of an attached store. One at a time in all processes, which the byte CHECKPOINT
 * of the sidecar sees to; killed anywhere, the next one begins anew with another number. Step by
 * step in docs/durability.md, "Procedures".
 *
 * <p>Thread-safe. Blocking.
 */
public final class Checkpoints {
  /** So much of the log asks for a checkpoint. */
  private static final long MAX_LOG_BYTES = 256 << 20;

  private final StoreFile file;
  private final ShardContext context;
  private final Cuts cuts;
  private final EpochWords words;
  private final Roots roots;
  private final Pins pins;
  private final Device device;
  private final CheckpointTurn turn;

  /**
   * @param file the file of the store
   * @param sidecar its lock file
   * @param shards of the attached store
   */
  public Checkpoints(StoreFile file, Sidecar sidecar, Shards shards) {
    this.file = file;
    this.context = shards.context();
    this.words = new EpochWords(context.memory());
    this.cuts = new Cuts(shards, words);
    this.roots = new Roots(context.memory());
    this.pins = new Pins(words, context.process().slot());
    this.device = new Device(file, words);
    this.turn = new CheckpointTurn(sidecar, words, context.process(), context.lockTimeoutNanos());
  }

  /** Writes what a new store needs before its shards are made: root 1, and the first epoch. */
  public static void format(MappedMemory memory, int shardCount, Level level) {
    Root root = Root.ofNew(System.currentTimeMillis(), level);
    new Roots(memory).put(0, root);
    new EpochWords(memory).start(root, 0);
    for (int shard = 0; shard < shardCount; shard++) {
      memory.putLong(RegionLayout.shard(shard), ShardLayout.STATE, ShardState.of(1));
    }
  }

  /**
   * Waits until a checkpoint is durable that was cut after this call.
   *
   * @return its number
   * @throws StoreException if the device refuses, now or at an earlier attempt
   * @throws StoreTimeoutException if a process that is alive does not let go of a shard
   */
  public long force() {
    device.check();
    // A checkpoint with a higher number is cut after this.
    long before = words.get(EpochLayout.CUTTING);
    turn.runIf(() -> durable() <= before, this::takeIfSound);
    return durable();
  }

  private void takeIfSound() {
    device.check();
    take();
  }

  /**
   * One attempt at a checkpoint for which nobody waits.
   *
   * @param before number of the last durable one when it was found to be due
   * @return false if somebody else takes one, or a shard is not to be had at once
   * @throws StoreException if the device refuses, now or at an earlier attempt
   */
  boolean attempt(long before) {
    boolean[] isTaken = {true};
    boolean hadTurn =
        turn.tryRun(
            () -> {
              device.check();
              if (durable() == before) {
                isTaken[0] = cuts.tryMake(Cuts.LAST_DURABLE, this::complete) == null;
              }
            });
    return hadTurn && isTaken[0];
  }

  /** Takes a look for who sees to it that checkpoints come in time. */
  CheckpointSchedule.Advice look(CheckpointSchedule schedule, long nowNanos) {
    Level level = words.level();
    long cutting = words.get(EpochLayout.CUTTING);
    long durable = words.get(EpochLayout.DURABLE);
    boolean hasChanges = level.limitsLoss() && !words.isUnchanged(context.shardCount());
    CheckpointSchedule.Advice advice = schedule.look(nowNanos, level, cutting, durable, hasChanges);
    return level.logs() ? adviceOfLog(advice) : advice;
  }

  /** Nothing is lost, however late it is; but a long log takes long to go through. */
  private CheckpointSchedule.Advice adviceOfLog(CheckpointSchedule.Advice advice) {
    long bytes = words.get(EpochLayout.LOG_BYTES) - words.get(EpochLayout.LOG_BYTES_CUT);
    return new CheckpointSchedule.Advice(
        advice.isDue() || bytes > MAX_LOG_BYTES, false, advice.pauseNanos());
  }

  /** What is known of the device. */
  Device device() {
    return device;
  }

  /** Why the next checkpoint is not there yet. */
  String describeDelay() {
    return CheckpointFigures.of(context.memory()).delay(context.process())
        + " store="
        + context.store();
  }

  /**
   * Runs an action while nobody in any process takes a checkpoint, or runs such an action.
   *
   * @throws StoreTimeoutException if somebody else does for too long
   */
  public void alone(Runnable action) {
    turn.run(action);
  }

  /**
   * Cuts a checkpoint and keeps what it names as it is. It is not made durable, so the device is
   * not waited for, and may have failed.
   *
   * @throws StoreTimeoutException if a process that is alive does not let go of a shard
   */
  public Pin pin() {
    Pin[] pin = new Pin[1];
    boolean isDone = false;
    try {
      alone(
          () -> {
            boolean wasChanged = !words.isUnchanged(context.shardCount());
            cuts.make(
                OwnerWord.MAX_EPOCH,
                (number, cut) -> {
                  CrashPoint.reached("snapshot.cut");
                  pin[0] =
                      new Pin(
                          number, cut, words.level().logs() ? words.get(EpochLayout.LOG_RUN) : 0);
                  pins.add(number, wasChanged);
                  CrashPoint.reached("snapshot.pinned");
                });
          });
      isDone = true;
      return pin[0];
    } finally {
      if (!isDone && pin[0] != null) {
        pins.remove(pin[0].number()); // whatever went wrong behind the pin
      }
    }
  }

  /**
   * Lets go of a pinned checkpoint. If this process reads no other, what only that one named is
   * given back, which takes a checkpoint; a device that refuses is no error here.
   */
  public void unpin(Pin pin) {
    boolean wasLast = pins.remove(pin.number());
    CrashPoint.reached("snapshot.unpinned");
    try {
      if (wasLast) {
        alone(this::giveBack);
      }
    } catch (StoreTimeoutException e) {
      // Somebody else takes a checkpoint, or holds one up: a later one gives it back.
    }
  }

  private void giveBack() {
    if (pins.takeOwed() || words.isCopied(context.shardCount())) {
      release(below -> true);
    } else {
      words.release(this::isAlive); // what was freed since is known to a durable one already
    }
  }

  /** The lowest checkpoint that a living process reads; the highest number if none does. */
  private long lowestPin() {
    return words.lowestPin(OwnerWord.MAX_EPOCH, this::isAlive);
  }

  /**
   * Takes a checkpoint, so that blocks can be taken that only an older one names; within {@link
   * #alone}. A device that refuses, or a process that does not go on, is no error here.
   *
   * @param isWanted whether there are any that were freed below this number
   */
  public void release(LongPredicate isWanted) {
    try {
      if (!device.isBroken() && isWanted.test(lowestPin())) {
        take();
      }
    } catch (StoreException e) {
      // The file stays as full as it was, which is what the caller will be told.
    }
  }

  /**
   * For the last process, which is alone with the store and has ended all operations: waits until
   * all of it is durable.
   */
  public void close() {
    if (!words.isUnchanged(context.shardCount())) {
      force();
    } else {
      device.check();
    }
  }

  /** Takes one; for the holder of CHECKPOINT. */
  void take() {
    cuts.make(Cuts.LAST_DURABLE, this::complete);
  }

  private void complete(long n, Cut cut) {
    CrashPoint.reached("checkpoint.cut");
    long nowMs = System.currentTimeMillis();
    int slot = 1 - (int) words.get(EpochLayout.ROOT_SLOT);
    long logBytes = words.get(EpochLayout.LOG_BYTES);
    long logRun = words.get(EpochLayout.LOG_RUN);
    try {
      context.mapAll().run();
      int[] sums = new CutSums(context).sum(cut, cuts.isUnsummed());
      CrashPoint.reached("checkpoint.summed");
      long keep = words.get(EpochLayout.LOG_KEEP);
      Root root = new Root(n, file.length(), nowMs, words.level(), keep, logRun, cut, sums);
      file.force();
      CrashPoint.reached("checkpoint.forced");
      roots.put(slot, root);
      CrashPoint.reached("checkpoint.written");
      roots.force(slot);
    } catch (UncheckedIOException | StoreException e) {
      throw device.broken(e);
    }
    CrashPoint.reached("checkpoint.rooted");
    cuts.summed(n);
    words.put(EpochLayout.ROOT_SLOT, slot);
    words.put(EpochLayout.DURABLE_MS, nowMs);
    words.put(EpochLayout.CHECKPOINTS, words.get(EpochLayout.CHECKPOINTS) + 1);
    words.put(EpochLayout.LOG_BYTES_CUT, logBytes);
    words.put(EpochLayout.LOG_START, cut.logStart());
    words.put(EpochLayout.LOG_START_RUN, logRun);
    words.put(EpochLayout.DURABLE, n);
    words.release(this::isAlive);
    CrashPoint.reached("checkpoint.durable");
  }

  private boolean isAlive(int slot) {
    ProcessTable process = context.process();
    return process.isAlive(slot, process.incarnationOf(slot));
  }

  /** True if the store could not be written back once, so that there are no more checkpoints. */
  public boolean isBroken() {
    return device.isBroken();
  }

  /** Number of the newest durable checkpoint. Wait-free. */
  public long durable() {
    return words.get(EpochLayout.DURABLE);
  }
}
