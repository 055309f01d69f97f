package io.tophash.sync;

import io.tophash.sync.extent.Claimants;
import io.tophash.sync.process.ProcessTable;

/** Tells the allocator who is alive. */
final class ProcessClaimants implements Claimants {
  private final ProcessTable process;

  ProcessClaimants(ProcessTable process) {
    this.process = process;
  }

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
}
