package io.tophash.core.format;

/**
 * The intent: which operation is under way, and what to settle if it never ends. It is written
 * before the first store of an operation and cleared after the last one. Positions are of the
 * header, as there is one intent. The picture is in docs/format.md, "Intent"; the procedures are in
 * docs/recovery.md.
 */
public final class IntentLayout {
  /** No operation is under way. */
  public static final int NONE = 0;

  /** A new entry goes into an empty cell; commit: its tophash byte. */
  public static final int INSERT = 1;

  /** A new entry goes into a new overflow bucket; commit: the link to that bucket. */
  public static final int INSERT_OVERFLOW = 2;

  /** An indirect value is replaced; commit: the value cell. */
  public static final int REPLACE = 3;

  /** An entry is removed; commit: its tophash byte. */
  public static final int DELETE = 4;

  /** A chain of the old table is moved; commit: the tophash word of its head. */
  public static final int EVACUATE = 5;

  /** A key's record is moved, and nothing else; commit: the key cell. */
  public static final int MOVE_KEY = 6;

  /** long, kind of the operation */
  public static final int KIND = HeaderLayout.INTENT;

  /** long, position of the bucket concerned; EVACUATE: index of the old bucket */
  public static final int BUCKET = HeaderLayout.INTENT + 8;

  /** long, number of the cell in the bucket */
  public static final int CELL = HeaderLayout.INTENT + 16;

  /** long, index of the chain's head in the bucket array */
  public static final int HEAD = HeaderLayout.INTENT + 24;

  /** long, value of the count before the operation */
  public static final int COUNT_BEFORE = HeaderLayout.INTENT + 32;

  /** long, value of noverflow before the operation */
  public static final int NOVERFLOW_BEFORE = HeaderLayout.INTENT + 40;

  /** long, value of nextOverflow before the operation */
  public static final int NEXT_OVERFLOW_BEFORE = HeaderLayout.INTENT + 48;

  /** long, block being allocated for a key; 0 if none */
  public static final int PENDING_KEY = HeaderLayout.INTENT + 64;

  /** long, block being allocated for a value */
  public static final int PENDING_VALUE = HeaderLayout.INTENT + 72;

  /** long, block being allocated for an overflow bucket */
  public static final int PENDING_OVERFLOW = HeaderLayout.INTENT + 80;

  /** long, block being allocated for a chunk or a directory */
  public static final int PENDING_CHUNK = HeaderLayout.INTENT + 88;

  /** long, position of the word that shall refer to that chunk or directory */
  public static final int PENDING_CHUNK_SLOT = HeaderLayout.INTENT + 96;

  /** long, key block that the operation frees */
  public static final int RETIRED_KEY = HeaderLayout.INTENT + 104;

  /** long, value block that the operation frees */
  public static final int RETIRED_VALUE = HeaderLayout.INTENT + 112;

  /** long, chunk or directory that is being freed */
  public static final int RETIRED_CHUNK = HeaderLayout.INTENT + 120;

  private IntentLayout() {}
}
