package io.tophash.sync.crash;

import io.tophash.sync.Durability;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a power cut may leave of a store, by how durable its changes are. */
final class LegalStates {
  private Durability level = Durability.PROCESS;
  // Of the checkpoint that is durable, and of one that may be.
  private List<Map<Long, Long>> checkpoints;
  // What the operation that runs goes through, from what is to what will be.
  private List<Map<Long, Long>> course;
  private boolean isRooted; // a root was written since the operation began
  // Since when there is a change that a power cut would take; -1: there is none.
  private long unsafeSince = -1;

  /**
   * @param states what the store may be opened as
   */
  LegalStates(List<Map<Long, Long>> states) {
    this.checkpoints = states;
    this.course = states;
  }

  /** What is there is known, and that it is durable: the store was opened as this. */
  void opened(Map<Long, Long> state) {
    checkpoints = List.of(state);
    course = checkpoints;
  }

  /** From now on changes are as durable as this. */
  void levelIs(Durability level) {
    this.level = level;
  }

  boolean eachChange() {
    return level.equals(Durability.EACH_CHANGE);
  }

  /** An operation begins that goes through these states. */
  void begin(List<Map<Long, Long>> states) {
    course = states;
    isRooted = false;
  }

  /** It has returned. */
  void end(long nowNanos) {
    Map<Long, Long> before = course.get(0);
    Map<Long, Long> after = now();
    course = List.of(after);
    // Of a change with a checkpoint in its middle nothing is said: it may be in it.
    if (unsafeSince < 0 && !isRooted && !after.equals(before)) {
      unsafeSince = nowNanos;
    }
  }

  /** What the store has, between two operations. */
  Map<Long, Long> now() {
    return course.get(course.size() - 1);
  }

  /** A checkpoint that was cut during the operation is about to get its root. */
  void forced() {
    // Of one in the middle of a change, as at the end of a snapshot, either is right: of this one,
    // and of the last one.
    checkpoints = Stream.concat(checkpoints.stream(), course.stream()).toList();
  }

  /** Its root is on the device. */
  void rooted() {
    checkpoints = course;
    unsafeSince = -1;
    isRooted = true;
  }

  /** What a power cut may leave now. */
  List<Map<Long, Long>> states() {
    return eachChange() ? course : checkpoints;
  }

  /** For how long there has been a change that a power cut would take. */
  long unsafeNanos(long nowNanos) {
    return unsafeSince < 0 || level.maxLoss() == null || eachChange() ? 0 : nowNanos - unsafeSince;
  }
}
