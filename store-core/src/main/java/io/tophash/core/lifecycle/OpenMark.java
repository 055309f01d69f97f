package io.tophash.core.lifecycle;

import io.tophash.core.format.HeaderLayout;
import io.tophash.core.memory.BootId;
import io.tophash.core.memory.MappedMemory;
import java.util.UUID;

/**
 * The words of the header that say how a store was left: {@code UNCLEAN}, and the machine's boot id
 * at the last open for writing. Whether all of it survived a stop of the machine, they tell the
 * next open.
 *
 * <p>Only who has the store open for writing, and is alone with it, changes them.
 */
public final class OpenMark {
  /** Closed, and all of it is on the storage device; also what a new file has. */
  private static final long CLEAN = 0;

  /** Open, or its last writer was killed. */
  private static final long OPEN = 1;

  /** Closed, but the system may not have written it back yet. */
  private static final long CLOSED_NOT_FORCED = 2;

  private final MappedMemory memory;

  /**
   * @param memory the mapped store
   */
  public OpenMark(MappedMemory memory) {
    this.memory = memory;
  }

  private long state() {
    return memory.getLong(0, HeaderLayout.UNCLEAN);
  }

  /** True if all of it was on the storage device when it was closed. */
  public boolean isClean() {
    return state() == CLEAN;
  }

  /** True if it is open for writing, or was not closed. */
  public boolean isOpen() {
    return state() == OPEN;
  }

  /** True if the machine stopped since the store was written, and before all was written back. */
  public boolean mayHaveLostWrites() {
    return !isClean()
        && !BootId.isCurrent(
            memory.getLong(0, HeaderLayout.BOOT_ID), memory.getLong(0, HeaderLayout.BOOT_ID + 8));
  }

  /** Says that the store is open on this run of the machine; comes before all that follows. */
  public void putOpen() {
    UUID boot = BootId.current();
    memory.putLong(0, HeaderLayout.BOOT_ID, boot.getMostSignificantBits());
    memory.putLong(0, HeaderLayout.BOOT_ID + 8, boot.getLeastSignificantBits());
    memory.putLongRelease(0, HeaderLayout.UNCLEAN, OPEN);
    MappedMemory.storeStoreFence();
  }

  /**
   * Says that the store is closed; comes after all that the close did.
   *
   * @param forced true if all of it is on the storage device
   */
  public void putClosed(boolean forced) {
    memory.putLongRelease(0, HeaderLayout.UNCLEAN, forced ? CLEAN : CLOSED_NOT_FORCED);
  }
}
