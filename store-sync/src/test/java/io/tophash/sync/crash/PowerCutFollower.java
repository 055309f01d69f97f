package io.tophash.sync.crash;

import io.tophash.core.errors.MissedChangesException;
import io.tophash.sync.ChangePosition;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Who follows the changes of a store, and is there after a power cut with the position that he has
 * kept and a copy of all up to it. From there the store's log leads him to just what the store has,
 * or he is told that he has missed something.
 */
final class PowerCutFollower {
  private final Map<Long, Long> copy;
  private ChangePosition position;

  private PowerCutFollower(Map<Long, Long> copy, ChangePosition position) {
    this.copy = copy;
    this.position = position;
  }

  /** One who knows all that a store has, of which no change is under way. */
  static PowerCutFollower of(Target<?, ?> target) {
    return new PowerCutFollower(target.entries(), target.store.changePosition());
  }

  /** The same one, for whom another future begins. */
  PowerCutFollower copy() {
    return new PowerCutFollower(new HashMap<>(copy), position);
  }

  /**
   * Follows what is durable by now.
   *
   * @param isBroken true if he passes changes by, as if his position was too far on
   * @return false if he was told that he has missed changes
   */
  boolean follow(Target<?, ?> target, boolean isBroken) {
    try (Target<?, ?>.Followed changes = target.follow(position)) {
      while (changes.apply(isBroken ? new HashMap<>() : copy, Duration.ZERO)) {
        position = changes.position();
      }
      return true;
    } catch (MissedChangesException e) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** What the changes have led to. */
  Map<Long, Long> state() {
    return copy;
  }
}
