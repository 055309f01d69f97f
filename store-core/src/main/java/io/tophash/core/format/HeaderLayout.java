package io.tophash.core.format;

/**
 * The header: the first bytes of every store. Little-endian. The picture is in docs/format.md,
 * "Header".
 *
 * <p>Bytes 0 to 511 never change after the store is made and are covered by a checksum. The rest is
 * made of words that change by one aligned store each.
 */
public final class HeaderLayout {
  /** "TOPHASH" and a zero byte, read as a little-endian long. */
  public static final long MAGIC_VALUE = 0x00_48_53_41_48_50_4F_54L;

  /** The format version that this code writes, and the only one that it reads. */
  public static final int VERSION_VALUE = 1;

  /** Kind of a {@code HashStore}. */
  public static final int KIND_HASH = 1;

  /** Kind of a {@code SyncStore}. */
  public static final int KIND_SYNC = 2;

  // --- sealed part -------------------------------------------------------------------------------
  /** long */
  public static final int MAGIC = 0;

  /** int */
  public static final int VERSION = 8;

  /** int */
  public static final int KIND = 12;

  /** int, log2 of bytes */
  public static final int WINDOW_SHIFT = 16;

  /** int, log2 of bytes */
  public static final int PAGE_SHIFT = 20;

  /** int, log2 of buckets in a chunk */
  public static final int CHUNK_SHIFT = 24;

  /** int, properties of the format that not every store has */
  public static final int FLAGS = 28;

  /** In {@link #FLAGS}: a cache, whose records have a time at which they expire. */
  public static final int FLAG_CACHE = 1;

  /** int, encoded size of a key, -1 if it varies */
  public static final int KEY_FIXED_BYTES = 32;

  /** int, encoded size of a value, -1 if it varies */
  public static final int VALUE_FIXED_BYTES = 36;

  /** long, milliseconds since 1970 */
  public static final int CREATED_MS = 40;

  /** long, random */
  public static final int STORE_ID = 48;

  /** text: one length byte, then UTF-8 */
  public static final int HASH_NAME = 64;

  /** Room of the hash name with its length byte. */
  public static final int HASH_NAME_BYTES = 64;

  /** text */
  public static final int KEY_CODEC = 128;

  /** text */
  public static final int VALUE_CODEC = 256;

  /** Room of a codec identity with its length byte. */
  public static final int CODEC_BYTES = 128;

  /** int, CRC-32C of bytes 0 to 507 */
  public static final int CHECKSUM = 508;

  /** Size of the sealed part. */
  public static final int SEALED_BYTES = 512;

  // --- words
  // ---------------------------------------------------------------------------------------
  /** long, 1 while a process has the store open for writing, 0 after a clean close */
  public static final int UNCLEAN = 512;

  /** two longs, the machine's boot id at the last open for writing; 0 where unknown */
  public static final int BOOT_ID = 520;

  /** long, 0 or 1: which table descriptor is live */
  public static final int SELECTOR = 576;

  /** two table descriptors */
  public static final int DESCRIPTORS = 640;

  /** the operation under way, see {@link IntentLayout} */
  public static final int INTENT = 768;

  /** long, directory of the table that is being prepared for the next growth; 0 if none */
  public static final int NEXT_DIRECTORY = 896;

  /** long, directory of an old table whose chunks are being freed; 0 if none */
  public static final int RELEASING_DIRECTORY = 904;

  /** long, 1 while all pages are being freed */
  public static final int CLEARING = 912;

  /** long, pages below this number are written and may be handed out */
  public static final int LIMIT_PAGES = 960;

  /** long, pages from this number on were never handed out and hold zeros */
  public static final int FRESH_PAGE = 968;

  /** long, a hint: number of free pages below the limit */
  public static final int FREE_PAGES = 976;

  /** long, the sums behind the last page, {@link SumsLayout}; 0: none, as while it is open */
  public static final int SUMS = 984;

  /** per size class two longs, hints: free blocks, all blocks */
  public static final int CLASS_COUNTS = 1024;

  /** undo record: position (long), length (int), valid (int), old bytes */
  public static final int UNDO = 2048;

  /** Size of the header. */
  public static final int BYTES = 4096;

  private HeaderLayout() {}
}
