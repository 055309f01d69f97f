package io.tophash.core.memory;

/**
 * Who is alive: each process that has a store open for writing holds the lock of one slot, which is
 * taken from it however it ends. It may be taken from a living one too, which then takes it again.
 *
 * <p>Any thread may call any method; each is wait-free but for the file system.
 */
public interface Liveness {
  /** Takes the lock of a slot for this process; false if it is taken, by whomever. */
  boolean tryLockSlot(int slot);

  /** Gives the lock of a slot back. */
  void unlockSlot(int slot);

  /** True if a living process, this one included, holds the lock of the slot. */
  boolean isSlotLocked(int slot);

  /**
   * Looks whether the locks that this process has taken stand, and takes them again if not.
   *
   * @return false if somebody else has one by now
   */
  boolean confirm();

  /** {@link MachineRun} of this process as one that has the store open. */
  long run();
}
