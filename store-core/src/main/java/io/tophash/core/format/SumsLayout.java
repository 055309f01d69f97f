package io.tophash.core.format;

/**
 * The sums that a closed {@code HashStore} has behind its last page, and the word of the header
 * that says so. The picture is in docs/format.md, "Sums".
 */
public final class SumsLayout {
  /** int, CRC-32C of the header's words from the selector up to the word that says of the sums */
  public static final int HEADER = 0;

  /** int, sum of the directory */
  public static final int DIRECTORY = 4;

  /** int, sum of the old directory, 0 if no growth is under way */
  public static final int OLD_DIRECTORY = 8;

  /** int, number of groups of the bucket array */
  public static final int GROUPS = 12;

  /** int, number of groups of the old one */
  public static final int OLD_GROUPS = 16;

  /** ints: the sum of each group, then of each of the old array; 0: none */
  public static final int SUMS = 20;

  private SumsLayout() {}

  /** The word of the header: checksum of all of it and its length. */
  public static long word(int checksum, int bytes) {
    return (long) checksum << 32 | bytes;
  }

  /** Length of the sums. */
  public static int bytes(long word) {
    return (int) word;
  }

  /** CRC-32C of all of them. */
  public static int checksum(long word) {
    return (int) (word >>> 32);
  }

  /** Where they stand: behind the last page; -1 if there can be no such page. */
  public static long position(long limitPages) {
    boolean isPossible = limitPages > 0 && limitPages < Long.MAX_VALUE >>> SpanLayout.PAGE_SHIFT;
    return isPossible ? limitPages << SpanLayout.PAGE_SHIFT : -1;
  }
}
