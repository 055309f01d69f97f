package io.tophash.sync;

import io.tophash.sync.checkpoint.Level;
import java.time.Duration;
import java.util.Objects;

/**
 * How durable the changes of a store are. It stands in the file, holds for all processes that have
 * it open, and can be changed at any time: {@link SyncStore#durability(Durability)}.
 *
 * <table>
 * <caption>What is left of changes that have returned</caption>
 * <tr><th></th><th>a process is killed</th><th>power cut, crash of the system</th></tr>
 * <tr><td>{@link #PROCESS}</td><td>all</td>
 *     <td>all before the last {@link SyncStore#force()}</td></tr>
 * <tr><td>{@link #POWER_LOSS}</td><td>all</td>
 *     <td>all but those of the last {@link #maxLoss()} that the store was open</td></tr>
 * <tr><td>{@link #EACH_CHANGE}</td><td>all</td><td>all</td></tr>
 * </table>
 *
 * <p>At each level, {@code force()} and the {@code close()} of the last process wait until all is
 * durable, and a power cut leaves the state of one moment.
 *
 * <p>Immutable.
 */
public final class Durability {
  /** Shortest {@link #maxLoss(Duration)}. */
  private static final long MIN_LOSS_MS = 100;

  private static final long MAX_LOSS_MS = 1L << 40;

  /**
   * Changes outlive the process that made them. For a power cut, {@code force()} has to be called.
   * Costs nothing. The default.
   */
  public static final Durability PROCESS = new Durability(Level.PROCESS);

  /**
   * A power cut takes the changes of one second at most, or of another {@link #maxLoss(Duration)}.
   * Changes wait for nothing; a thread of each process that has the store open sees to it that
   * checkpoints are taken, by whichever comes first, and none while nothing changes.
   */
  public static final Durability POWER_LOSS = new Durability(Level.powerLoss(1_000));

  /**
   * A power cut takes nothing that has returned: each change waits until it is in the log, beside
   * the store, on the device. Those who wait at the same time share one write, in all processes.
   * Others may see a value before it is durable. Of no use for a cache, which refuses it.
   */
  public static final Durability EACH_CHANGE = new Durability(Level.EACH_CHANGE);

  private final Level level;

  private Durability(Level level) {
    this.level = level;
  }

  static Durability of(Level level) {
    return new Durability(level);
  }

  Level level() {
    return level;
  }

  /**
   * The same with another limit of what is lost. A checkpoint is begun when half of that time has
   * passed, so a device that takes longer than the other half, or a process that is stopped in the
   * middle of an operation, lets more be lost; the log and {@link SyncStats#checkpoint()} say so.
   *
   * @param time from 100 ms up; more than 34 years count as that
   * @throws IllegalArgumentException if it is shorter
   * @throws IllegalStateException if this is {@link #PROCESS}, which has no limit, or {@link
   *     #EACH_CHANGE}, which loses nothing
   */
  public Durability maxLoss(Duration time) {
    if (!level.limitsLoss() || level.logs()) {
      throw new IllegalStateException("only POWER_LOSS has a maxLoss, durability=" + this);
    }
    if (time.compareTo(Duration.ofMillis(MIN_LOSS_MS)) < 0) {
      throw new IllegalArgumentException("maxLoss must be 100 ms or more, maxLoss=" + time);
    }
    boolean isLong = time.compareTo(Duration.ofMillis(MAX_LOSS_MS)) > 0;
    return new Durability(Level.powerLoss(isLong ? MAX_LOSS_MS : time.toMillis()));
  }

  /** The most that a power cut takes, zero if nothing; null if there is no limit. */
  public Duration maxLoss() {
    return level.logs()
        ? Duration.ZERO
        : level.limitsLoss() ? Duration.ofMillis(level.maxLossMs()) : null;
  }

  /** True if less is lost in a power cut than with the other one. */
  public boolean isStrongerThan(Durability other) {
    return level.isStrongerThan(other.level);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Durability && level.equals(((Durability) other).level);
  }

  @Override
  public int hashCode() {
    return Objects.hash(level);
  }

  @Override
  public String toString() {
    return level.logs()
        ? "EACH_CHANGE"
        : level.limitsLoss() ? "POWER_LOSS, maxLoss=" + maxLoss() : "PROCESS";
  }
}
