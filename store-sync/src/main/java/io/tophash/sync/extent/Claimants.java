package io.tophash.sync.extent;

import io.tophash.sync.process.ProcessTable;

/** This process, and who else is alive. Any thread may call any method. */
public interface Claimants {
  /** Slot of this process. */
  int slot();

  /** Incarnation of this process. */
  long incarnation();

  /** True unless the process that had this slot with this incarnation is dead for certain. */
  boolean isAlive(int slot, long incarnation);

  /** Those of the process table. */
  static Claimants of(ProcessTable process) {
    return new Claimants() {
      @Override
      public int slot() {
        return process.slot();
      }

      @Override
      public long incarnation() {
        return process.incarnation();
      }

      @Override
      public boolean isAlive(int slot, long incarnation) {
        return process.isAlive(slot, incarnation);
      }
    };
  }
}
