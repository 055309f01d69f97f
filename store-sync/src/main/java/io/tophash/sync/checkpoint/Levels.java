package io.tophash.sync.checkpoint;

import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreTimeoutException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.LaneLayout;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.shard.ShardContext;

/**
 * How durable changes are, for all processes that have the store open: a word in the file, which
 * each root names, too; and the log that the strongest level needs. Step by step in
 * docs/durability.md.
 *
 * <p>Thread-safe. Blocking, but for {@link #present}.
 */
public final class Levels {
  private static final System.Logger LOG = System.getLogger("io.tophash");

  private final Checkpoints checkpoints;
  private final ShardContext context;
  private final EpochWords words;
  private final Roots roots;

  /**
   * @param checkpoints of the attached store
   * @param context of its shards
   */
  public Levels(Checkpoints checkpoints, ShardContext context) {
    this.checkpoints = checkpoints;
    this.context = context;
    this.words = new EpochWords(context.memory());
    this.roots = new Roots(context.memory());
  }

  /** How durable changes are. Wait-free. */
  public Level present() {
    return words.level();
  }

  /**
   * Says how durable changes shall be, and waits until that is durable itself: from then on each
   * process that has the store open goes by it, and each opening after a power cut.
   *
   * @throws StoreException as {@link Checkpoints#force}
   */
  public void set(Level level) {
    checkpoints.device().check();
    checkpoints.alone(
        () -> {
          checkpoints.device().check();
          if (level.logs() && !words.level().logs()) {
            prepareLog();
            context.log().beginRun(false); // what was changed since the last one is not in it
          }
          words.putLevel(level);
          checkpoints.take();
        });
  }

  /**
   * Sees to it that the store is at least as durable as an opener wants it.
   *
   * @param wanted null if that is all the same to him
   */
  public void raise(Level wanted) {
    Level present = words.level();
    if (wanted == null || wanted.equals(present)) {
      return;
    }
    if (!wanted.isStrongerThan(present)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the store stays more durable than was asked for; to lower that, call durability() of the"
              + " open store, store={0} present=\"{1}\" requested=\"{2}\"",
          context.store(),
          present,
          wanted);
      return;
    }
    try {
      set(wanted);
    } catch (StoreTimeoutException e) {
      // It holds already, and is durable with the next checkpoint.
      LOG.log(System.Logger.Level.WARNING, e.getMessage());
    }
  }

  /**
   * Says how much of the log is kept for who follows the changes, and waits until that is durable.
   *
   * @throws StoreException as {@link Checkpoints#force}
   */
  public void setKeptLog(long bytes) {
    checkpoints.device().check();
    checkpoints.alone(
        () -> {
          checkpoints.device().check();
          words.put(EpochLayout.LOG_KEEP, bytes + 1);
          checkpoints.take();
        });
  }

  /**
   * The settings of the store that this one is a copy of, which nobody changes before it is closed:
   * the log begins when it is opened, under whatever name it has then.
   *
   * @param from the memory of that store
   */
  public void inherit(MappedMemory from) {
    EpochWords settings = new EpochWords(from);
    checkpoints.alone(
        () -> {
          words.putLevel(settings.level());
          words.put(EpochLayout.LOG_KEEP, settings.get(EpochLayout.LOG_KEEP));
          checkpoints.take();
        });
  }

  /** Sees to it that there are lanes; for the holder of CHECKPOINT, or who is alone. */
  public void prepareLog() {
    if (context.caching() != null) {
      throw new UnsupportedOperationException(
          "a cache does not log its changes; POWER_LOSS is the most durable that it can be, store="
              + context.store());
    }
    long lanes = words.get(EpochLayout.LANES);
    if (lanes == 0 || !context.allocator().isOwned(lanes, LaneLayout.OWNER)) {
      context
          .allocator()
          .allocate(
              LaneLayout.BLOCK_BYTES,
              LaneLayout.OWNER,
              RegionLayout.EPOCHS + (long) EpochLayout.LANES);
    }
  }

  /**
   * Begins a run of the log, in a store that logs its changes, and waits until a durable root names
   * it. For who is alone with the store: before this returns nothing is logged that counts.
   *
   * @param continues true if the log had all changes up to here
   */
  public void startLog(boolean continues) {
    prepareLog();
    context.log().beginRun(continues);
    checkpoints.force();
  }

  /** Number of the batch with which the log goes on from the newest durable root. */
  public long logStart() {
    return roots.read(roots.newest()).cut().logStart();
  }
}
