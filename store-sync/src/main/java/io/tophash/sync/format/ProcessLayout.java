package io.tophash.sync.format;

/**
 * A row of the process table: one process that has the store attached for writing. The row belongs
 * to whoever holds the kernel lock on the byte of the same number in the sidecar. The picture is in
 * docs/format.md, "Process table".
 */
public final class ProcessLayout {
  /** long, counts the owners of this row; the number of the present or last one */
  public static final int INCARNATION = 0;

  /** long, 1 while attached, 0 after an orderly detach */
  public static final int ATTACHED = 8;

  /** long, process id */
  public static final int PID = 16;

  /** long, milliseconds since 1970 at the process's start, 0 if unknown; for people */
  public static final int STARTED_MS = 24;

  /** long, milliseconds since 1970 at the attach; for people */
  public static final int ATTACHED_MS = 32;

  /** text, one length byte and up to 23 bytes of UTF-8: the host's name; for people */
  public static final int HOST = 40;

  /** Room of the host's name with its length byte. */
  public static final int HOST_BYTES = 24;

  /** Hazard words of a row. */
  public static final int HAZARD_COUNT = 31;

  /** Where the hazards begin; each has a cache line. */
  public static final int HAZARDS = 64;

  /**
   * long: shard + 1 that an operation is in, and in the upper 32 bits the lower ones of the owner's
   * incarnation; 0 if none
   */
  public static final int HAZARD_SHARD = 0;

  /** long: number of values stored under this hazard; for people */
  public static final int HAZARD_STORES = 8;

  /** long: number of entries removed under this hazard; for people */
  public static final int HAZARD_REMOVES = 16;

  /**
   * long, when the process was started, in units of the system: with its id, what no other process
   * has; stands behind the first hazard
   */
  public static final int START = HAZARDS + 24;

  /** long: in what world the two are numbers; stands behind START */
  public static final int WORLD = HAZARDS + 32;

  /**
   * long: on which run of the machine the process is, 0 if it cannot vouch for that; stands behind
   * WORLD
   */
  public static final int RUN = HAZARDS + 40;

  /** Size of a hazard. */
  public static final int HAZARD_BYTES = 64;

  /** Size of a row in bytes. */
  public static final int BYTES = 2048;

  private ProcessLayout() {}

  /** Offset of a hazard in its row. */
  public static int hazard(int index) {
    return HAZARDS + index * HAZARD_BYTES;
  }
}
