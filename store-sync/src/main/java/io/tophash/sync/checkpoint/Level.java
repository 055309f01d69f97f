package io.tophash.sync.checkpoint;

import io.tophash.sync.format.EpochLayout;

/**
 * How durable the changes of a store are, as it stands in its file.
 *
 * @param code {@link EpochLayout#PROCESS} and so on
 * @param maxLossMs the most that a power cut may take without the log, in milliseconds: twice the
 *     time between checkpoints; 0 if there is no limit
 */
public record Level(long code, long maxLossMs) {
  /** Changes outlive the process; a power cut takes all since the last checkpoint. */
  public static final Level PROCESS = new Level(EpochLayout.PROCESS, 0);

  /** A power cut takes the changes of so many milliseconds at most. */
  public static Level powerLoss(long maxLossMs) {
    return new Level(EpochLayout.POWER_LOSS, Math.max(1, maxLossMs));
  }

  /** A power cut takes nothing that has returned. */
  public static final Level EACH_CHANGE = new Level(EpochLayout.EACH_CHANGE, 120_000);

  /** What two words of a file say. */
  static Level of(long code, long maxLossMs) {
    return code == EpochLayout.PROCESS
        ? PROCESS
        : code == EpochLayout.EACH_CHANGE ? EACH_CHANGE : powerLoss(maxLossMs);
  }

  /** True if changes are logged. */
  public boolean logs() {
    return code == EpochLayout.EACH_CHANGE;
  }

  /** True if checkpoints are taken without being asked for. */
  public boolean limitsLoss() {
    return code != EpochLayout.PROCESS;
  }

  /** True if less may be lost than with the other one. */
  public boolean isStrongerThan(Level other) {
    return code != other.code ? code > other.code : maxLossMs < other.maxLossMs;
  }

  @Override
  public String toString() {
    return logs() ? "each change" : limitsLoss() ? "power loss, maxLossMs=" + maxLossMs : "process";
  }
}
