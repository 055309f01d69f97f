package io.tophash.core.table;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.SumsLayout;
import io.tophash.core.memory.HeapBytes;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.StoreFile;
import java.util.zip.CRC32C;

/**
 * What a close leaves behind the last page of the file, for the next open: sums of the header's
 * words, of the directories and of the buckets. They hold from the store of the word {@code SUMS},
 * which is the last but one of a close, until the next open for writing, which clears that word
 * before it does anything else. Where they are damaged themselves, the whole store is looked at.
 */
public final class ClosedTable {
  /** Groups of 64 KiB that one close sums at most: about half a second. */
  private static final int MOST_GROUPS = 1 << 16;

  private final byte[] sums;
  private final int headerSum;

  private ClosedTable(byte[] sums, int headerSum) {
    this.sums = sums;
    this.headerSum = headerSum;
  }

  /**
   * Reads the sums of a store that was closed; null if there are none. For who has it alone, or
   * only reads, before the table is loaded.
   */
  public static ClosedTable read(StoreFile file, MappedMemory memory) {
    long word = memory.getLong(0, HeaderLayout.SUMS);
    long bytes = SumsLayout.bytes(word);
    long at = SumsLayout.position(memory.getLong(0, HeaderLayout.LIMIT_PAGES));
    if (word == 0 || bytes < SumsLayout.SUMS || at < 0 || at + bytes > file.length()) {
      return null;
    }
    byte[] sums = file.read(at, (int) bytes);
    return crc(sums) == SumsLayout.checksum(word) ? new ClosedTable(sums, headerSum(memory)) : null;
  }

  /** True if the header says that there are sums. */
  public static boolean isSaidOf(MappedMemory memory) {
    return memory.getLong(0, HeaderLayout.SUMS) != 0;
  }

  /** Says that the file has no sums: before the first change. */
  public static void forget(MappedMemory memory) {
    memory.putLongRelease(0, HeaderLayout.SUMS, 0);
    MappedMemory.storeStoreFence();
  }

  /**
   * Checks the words of the header.
   *
   * @throws CorruptStoreException if they are not those with which the store was closed
   */
  public void checkHeader() {
    if (headerSum != HeapBytes.getInt(sums, SumsLayout.HEADER)) {
      throw new CorruptStoreException(
          "header",
          HeaderLayout.SELECTOR,
          "its words are not those with which the store was closed; see `tophash recover`");
    }
  }

  /**
   * Gives a table that was just loaded its sums.
   *
   * @param proves true to compare them when keys are absent
   * @throws CorruptStoreException if its directories are not those with which it was closed
   */
  public void attach(Table table, boolean proves) {
    BucketArray old = table.old();
    attach(table, table.current(), SumsLayout.DIRECTORY, SumsLayout.GROUPS, SumsLayout.SUMS);
    if (old != null) {
      int from = SumsLayout.SUMS + 4 * HeapBytes.getInt(sums, SumsLayout.GROUPS);
      attach(table, old, SumsLayout.OLD_DIRECTORY, SumsLayout.OLD_GROUPS, from);
    }
    table.proves = proves;
  }

  private void attach(Table table, BucketArray array, int directory, int groups, int from) {
    int count = HeapBytes.getInt(sums, groups);
    if (directorySum(array) != HeapBytes.getInt(sums, directory)
        || count != GroupSums.count(table, array)
        || from + 4L * count > sums.length) {
      throw new CorruptStoreException(
          "directory",
          array.directory(),
          "it is not that with which the store was closed; see `tophash recover`");
    }
    int[] each = new int[count];
    for (int i = 0; i < count; i++) {
      each[i] = HeapBytes.getInt(sums, from + 4 * i);
    }
    array.sums = new GroupSums(table, array, each);
  }

  /**
   * Sums a table that will not be changed any more and writes that behind the last page. If there
   * is no room for it, the file has no sums.
   *
   * @param limitBytes end of the last page
   */
  public static void write(Table table, StoreFile file, long limitBytes) {
    BucketArray old = table.old();
    int[] groups = GroupSums.of(table, table.current(), MOST_GROUPS);
    int[] oldGroups = old == null ? new int[0] : GroupSums.of(table, old, MOST_GROUPS);
    byte[] sums = new byte[SumsLayout.SUMS + 4 * (groups.length + oldGroups.length)];
    HeapBytes.putInt(sums, SumsLayout.HEADER, headerSum(table.memory));
    HeapBytes.putInt(sums, SumsLayout.DIRECTORY, directorySum(table.current()));
    HeapBytes.putInt(sums, SumsLayout.OLD_DIRECTORY, old == null ? 0 : directorySum(old));
    HeapBytes.putInt(sums, SumsLayout.GROUPS, groups.length);
    HeapBytes.putInt(sums, SumsLayout.OLD_GROUPS, oldGroups.length);
    put(sums, SumsLayout.SUMS, groups);
    put(sums, SumsLayout.SUMS + 4 * groups.length, oldGroups);
    if (file.writeTail(limitBytes, sums)) {
      long word = SumsLayout.word(crc(sums), sums.length);
      table.memory.putLongRelease(0, HeaderLayout.SUMS, word);
    }
  }

  private static void put(byte[] sums, int from, int[] each) {
    for (int i = 0; i < each.length; i++) {
      HeapBytes.putInt(sums, from + 4 * i, each[i]);
    }
  }

  private static int directorySum(BucketArray array) {
    long sum = GroupSums.mix(array.b(), array.directory());
    for (long chunk : array.chunks()) {
      sum = GroupSums.mix(sum, chunk);
    }
    return (int) (sum ^ sum >>> 32);
  }

  private static int headerSum(MappedMemory memory) {
    byte[] words = new byte[HeaderLayout.SUMS - HeaderLayout.SELECTOR];
    memory.getBytes(HeaderLayout.SELECTOR, words, 0, words.length);
    return crc(words);
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length);
    return (int) crc.getValue();
  }
}
