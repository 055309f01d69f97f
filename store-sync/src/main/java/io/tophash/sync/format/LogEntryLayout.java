package io.tophash.sync.format;

/**
 * An entry of the log, in the lane of its shard and in a batch. Aligned to 8 bytes. The picture is
 * in docs/format.md, "Log".
 */
public final class LogEntryLayout {
  /** int, size of the entry, a multiple of 8 */
  public static final int BYTES = 0;

  /** int, what was done */
  public static final int OP = 4;

  /** int */
  public static final int KEY_BYTES = 8;

  /** int; of a {@link #PART} its index */
  public static final int VALUE_BYTES = 12;

  /** key, value, zeros up to a multiple of 8 */
  public static final int PAYLOAD = 16;

  /** The key has this value now. */
  public static final int PUT = 1;

  /** The key is gone. */
  public static final int REMOVE = 2;

  /** All keys of the shard are gone. */
  public static final int CLEAR = 3;

  /** A piece of the key and value of what comes behind it. */
  public static final int PART = 4;

  /** As {@link #PUT}, with key and value in the parts before it. */
  public static final int LARGE = 5;

  /** As {@link #REMOVE}, with the key in the parts before it. */
  public static final int LARGE_REMOVE = 6;

  private LogEntryLayout() {}

  /** Size of an entry with so many bytes of payload. */
  public static int size(int payload) {
    return PAYLOAD + payload + 7 & -8;
  }
}
