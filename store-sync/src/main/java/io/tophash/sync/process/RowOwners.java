package io.tophash.sync.process;

/** Who has the rows of the process table, as those see it who settle what the dead left. */
interface RowOwners {
  /** Slot of this process. */
  int slot();

  /** True if this hazard word is one of this process. */
  boolean isOwn(long hazardWord);

  /** Incarnation of the last owner of a row. */
  long incarnationOf(int slot);

  /** True unless the process that had this slot with this incarnation is dead for certain. */
  boolean isAlive(int slot, long incarnation);
}
