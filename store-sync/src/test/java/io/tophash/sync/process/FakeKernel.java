package io.tophash.sync.process;

import io.tophash.core.memory.Liveness;
import java.util.HashMap;
import java.util.Map;

/**
 * Slot locks without a kernel, so that one JVM can play several processes over one memory. Any
 * thread.
 */
public final class FakeKernel {
  private final Map<Integer, FakeProcess> owners = new HashMap<>();

  /** A process that is alive. */
  public FakeProcess process() {
    return new FakeProcess();
  }

  /** What the kernel knows of one process. */
  public final class FakeProcess implements Liveness {
    private long run;

    private FakeProcess() {}

    /** On which run of the machine it is; 0 if it cannot vouch for that. */
    public FakeProcess onRun(long number) {
      run = number;
      return this;
    }

    @Override
    public long run() {
      return run;
    }

    @Override
    public boolean tryLockSlot(int slot) {
      synchronized (owners) {
        return owners.putIfAbsent(slot, this) == null;
      }
    }

    @Override
    public void unlockSlot(int slot) {
      synchronized (owners) {
        if (!owners.remove(slot, this)) {
          throw new IllegalStateException("not locked by this process, slot=" + slot);
        }
      }
    }

    @Override
    public boolean isSlotLocked(int slot) {
      synchronized (owners) {
        return owners.containsKey(slot);
      }
    }

    @Override
    public boolean confirm() {
      return true;
    }

    /** Drops its locks, as the kernel does however a process ends. */
    public void die() {
      synchronized (owners) {
        owners.values().removeIf(owner -> owner == this);
      }
    }
  }
}
