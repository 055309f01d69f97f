package io.tophash.sync.process;

/** How the wait for the operations in a shard ended. */
public enum Drain {
  /** Nobody is inside the shard. */
  DRAINED,
  /** Nobody is; a process died inside, so what it counts may be wrong. */
  DRAINED_AFTER_DEATH,
  /** A living process stays inside. */
  TIMED_OUT
}
