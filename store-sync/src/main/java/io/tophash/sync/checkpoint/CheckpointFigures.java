package io.tophash.sync.checkpoint;

import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.process.ProcessTable;
import java.time.Instant;

/**
 * What is known of the checkpoints of a store, for people. Read while others work.
 *
 * @param level how durable changes are
 * @param durable number of the newest durable checkpoint
 * @param durableMs when it was cut, in milliseconds since 1970
 * @param checkpoints how many were taken since the store was made or recovered
 * @param isBroken true if the store could not be written back once
 * @param stalledBy slot of the process for which the last attempt waited in vain; -1 if there is
 *     none
 * @param takenBy slot of the process that takes one at present, if it still lives; -1 if none does
 * @param takenSinceMs when that one was begun
 * @param recovered number of the checkpoint at which the store was opened after the machine had
 *     stopped; 0 if that never was
 * @param recoveredCutMs when that one was cut
 * @param recoveredMs when it was opened so
 * @param recoveredLog as {@link EpochLayout#RECOVERED_LOG}
 * @param recoveredChanges how many changes were taken from the log then
 */
public record CheckpointFigures(
    Level level,
    long durable,
    long durableMs,
    long checkpoints,
    boolean isBroken,
    int stalledBy,
    int takenBy,
    long takenSinceMs,
    long recovered,
    long recoveredCutMs,
    long recoveredMs,
    long recoveredLog,
    long recoveredChanges) {

  /** Reads them. */
  public static CheckpointFigures of(MappedMemory memory) {
    EpochWords words = new EpochWords(memory);
    return new CheckpointFigures(
        words.level(),
        words.get(EpochLayout.DURABLE),
        words.get(EpochLayout.DURABLE_MS),
        words.get(EpochLayout.CHECKPOINTS),
        words.get(EpochLayout.BROKEN) != 0,
        (int) words.get(EpochLayout.STALLED_BY) - 1,
        (int) words.get(EpochLayout.TAKEN_BY) - 1,
        words.get(EpochLayout.TAKEN_SINCE_MS),
        words.get(EpochLayout.RECOVERED),
        words.get(EpochLayout.RECOVERED_CUT_MS),
        words.get(EpochLayout.RECOVERED_MS),
        words.get(EpochLayout.RECOVERED_LOG),
        words.get(EpochLayout.RECOVERED_CHANGES));
  }

  /** Why the next one is not there yet. */
  String delay(ProcessTable process) {
    int slot = stalledBy >= 0 ? stalledBy : takenBy;
    return "checkpoint="
        + durable
        + " cut="
        + Instant.ofEpochMilli(durableMs)
        + " level={"
        + level
        + "} waitsFor={"
        + (slot < 0 ? "device" : process.describe(slot))
        + "}";
  }
}
