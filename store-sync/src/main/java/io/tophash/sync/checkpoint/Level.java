package io.tophash.sync.checkpoint;

import io.tophash.sync.format.EpochLayout;

/**
 * How durable the changes of a store are, as it stands in its file.
 *
 * @param code {@link EpochLayout#PROCESS} or {@link EpochLayout#POWER_LOSS}
 * @param maxLossMs the most that a power cut may take, in milliseconds; 0 if there is no limit
 */
public record Level(long code, long maxLossMs) {
  /** Changes outlive the process; a power cut takes all since the last checkpoint. */
  public static final Level PROCESS = new Level(EpochLayout.PROCESS, 0);

  /** A power cut takes the changes of so many milliseconds at most. */
  public static Level powerLoss(long maxLossMs) {
    return new Level(EpochLayout.POWER_LOSS, Math.max(1, maxLossMs));
  }

  /** What two words of a file say. */
  static Level of(long code, long maxLossMs) {
    return code == EpochLayout.PROCESS ? PROCESS : powerLoss(maxLossMs);
  }

  /** True if checkpoints are taken without being asked for. */
  public boolean limitsLoss() {
    return code != EpochLayout.PROCESS;
  }

  /** True if less may be lost than with the other one. */
  public boolean isStrongerThan(Level other) {
    return limitsLoss() && (!other.limitsLoss() || maxLossMs < other.maxLossMs);
  }

  @Override
  public String toString() {
    return limitsLoss() ? "power loss, maxLossMs=" + maxLossMs : "process";
  }
}
