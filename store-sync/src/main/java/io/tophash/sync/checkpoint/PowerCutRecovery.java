package io.tophash.sync.checkpoint;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.extent.ExtentRecovery;
import io.tophash.sync.extent.Space;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.format.ShardState;
import java.lang.System.Logger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * Makes of what a power cut has left the newest checkpoint. Reads the roots and the header of each
 * extent, and no entry. May be killed, or cut off itself: as long as the boot id in the header is
 * an old one, the next opener does all of it again, with the same result.
 *
 * <p>For who holds the attach lock, with nobody attached.
 */
public final class PowerCutRecovery {
  private static final Logger LOG = System.getLogger("io.tophash");

  private final Space space;
  private final MappedMemory memory;
  private final Path store;

  /**
   * @param space the file, mapped as a whole
   * @param store for messages
   */
  public PowerCutRecovery(Space space, Path store) {
    this.space = space;
    this.memory = space.memory();
    this.store = store;
  }

  /**
   * Takes the store back to its newest checkpoint.
   *
   * @param shardCount number of shards
   * @param fileBytes length of the file
   * @throws CorruptStoreException if no root is whole, which no power cut brings about
   */
  public void run(int shardCount, long fileBytes) {
    Root root = settle(shardCount, fileBytes);
    LOG.log(
        Logger.Level.WARNING,
        "the machine stopped while the store was open; it is now as it was at its last checkpoint,"
            + " and what was stored later is {0}, checkpoint={1} taken={2} ago={3} store={4}",
        root.level().logs()
            ? "taken from the log"
            : root.level().limitsLoss()
                ? "lost: the changes of " + root.level().maxLossMs() + " ms at most"
                : "lost",
        Long.toString(root.epoch()),
        Instant.ofEpochMilli(root.cutMs()),
        Duration.ofMillis(
            Math.max(0, new EpochWords(memory).get(EpochLayout.RECOVERED_MS) - root.cutMs())),
        store);
  }

  /** The same of a file into which somebody has just written a checkpoint: nothing is lost. */
  public void runOnImage(int shardCount, long fileBytes) {
    settle(shardCount, fileBytes);
    EpochWords words = new EpochWords(memory);
    words.put(EpochLayout.RECOVERED, 0);
    words.put(EpochLayout.SUMMED, 0); // nobody has summed what a pin has sealed
  }

  private Root settle(int shardCount, long fileBytes) {
    Roots roots = new Roots(memory);
    int slot = roots.newest();
    if (slot < 0) {
      throw new CorruptStoreException(
          "roots", RegionLayout.ROOTS, "neither root of the store is whole");
    }
    Root root = roots.read(slot);
    // A torn root of the dead run would become whole when its number is written again.
    roots.destroy(1 - slot);
    CrashPoint.reached("recovery.chosen");
    memory.zero(RegionLayout.PROCESSES, RegionLayout.WINDOWS - RegionLayout.PROCESSES);
    memory.zero(RegionLayout.SHARDS, RegionLayout.PROCESSES - RegionLayout.SHARDS);
    for (int shard = 0; shard < shardCount; shard++) {
      long at = RegionLayout.shard(shard);
      memory.putLong(at, ShardLayout.STATE, ShardState.of(root.epoch()));
      memory.putLong(at, ShardLayout.DIRECTORY, root.cut().directoryWords()[shard]);
      memory.putLong(at, ShardLayout.COUNT, root.cut().counts()[shard]);
      if (root.cut().lanes()[shard] != 0) {
        memory.putLong(at, ShardLayout.LANE_TAIL, root.cut().lanes()[shard]);
        memory.putLong(at, ShardLayout.LANE_APPLIED, root.cut().lanes()[shard]);
      }
    }
    PinnedRoot.forgetImages(memory, root.epoch());
    EpochWords words = new EpochWords(memory);
    words.start(root, slot);
    words.put(EpochLayout.RECOVERED_CUT_MS, root.cutMs());
    words.put(EpochLayout.RECOVERED_MS, System.currentTimeMillis());
    words.put(EpochLayout.RECOVERED, root.epoch());
    CrashPoint.reached("recovery.shards");
    new ExtentRecovery(space).run(root.epoch(), fileBytes);
    CrashPoint.reached("recovery.extents");
    return root;
  }
}
