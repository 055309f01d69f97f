package io.tophash.sync.segment;

import io.tophash.sync.format.CacheLayout;
import java.util.Arrays;

/**
 * The live entries of one or two segments on the heap, with copies of their blocks, and the image
 * of a block that is built from them. Used again and again; grows to the largest segment seen.
 *
 * <p>Not thread-safe.
 */
public final class Gathered {
  /** Copies of the gathered blocks, one behind the other. */
  byte[] bytes = new byte[1 << 16];

  /** How much of {@link #bytes} is in use. */
  int used;

  /** Number of live entries. */
  int count;

  /** Record: bytes in the logs of the gathered blocks that no entry refers to any more. */
  long garbage;

  /** Record: where in {@link #bytes} the log of the one block that was gathered begins. */
  int logAt;

  /** Record: bytes of that log; -1 if more than one was gathered. */
  int logBytes;

  /** Hash of each key. */
  long[] hashes = new long[1024];

  /** Inline: the key. Record: its slot in the upper half, where it begins in {@link #bytes}. */
  long[] keys = new long[1024];

  /** Inline: the value. Record: its length with header. */
  long[] values = new long[1024];

  /** Record: position of the bucket, with the cell in the low bits. */
  long[] cells = new long[1024];

  /** Cache: what else was gathered; see {@link Aging}. */
  final Aging aging = new Aging();

  /** Words of the dirty buckets of the block that is being gathered. */
  private long[] words = new long[64];

  /** The block under construction. */
  byte[] image = new byte[1 << 16];

  /** Entries in each read bucket of the image. */
  byte[] fill = new byte[1024];

  /** Entries whose bucket was full. */
  int[] displaced = new int[256];

  /** Forgets all entries. */
  public void clear() {
    used = 0;
    count = 0;
    garbage = 0;
    logBytes = 0;
    aging.clear();
  }

  /** Forgets how much was overwritten: the next block shall have no more room than it must. */
  public void forgetGarbage() {
    garbage = 0;
  }

  /** Number of live entries. */
  public int count() {
    return count;
  }

  /** Hash of the key of an entry. */
  public long hash(int entry) {
    return hashes[entry];
  }

  /** Inline kind: the key of an entry. */
  public long longKey(int entry) {
    return keys[entry];
  }

  /** Inline kind: the value of an entry. */
  public long longValue(int entry) {
    return values[entry];
  }

  /** Record kind: where the record of an entry begins in {@link #bytes()}. */
  public int recordOffset(int entry) {
    return (int) keys[entry];
  }

  /**
   * Record kind: where the slot of an entry is: its bucket's position, the cell in the low bits.
   */
  public long cell(int entry) {
    return cells[entry];
  }

  /** Record kind: size of the record, or stub, of an entry. */
  public long recordBytes(int entry) {
    return values[entry];
  }

  /** Record kind: position of the block of an entry's large record; 0 if it has none. */
  public long largeBlock(int entry) {
    return RecordImage.largeBlock(bytes, recordOffset(entry));
  }

  /** Record kind: true if the record, or stub, of an entry has the checksum that it must have. */
  public boolean isWhole(int entry) {
    return RecordImage.isWhole(bytes, recordOffset(entry), hashes[entry]);
  }

  /** Record kind: encoded key of an entry whose record is small. */
  public byte[] keyOf(int entry) {
    return RecordImage.key(bytes, recordOffset(entry));
  }

  /** Cache: encoded value of an entry whose record is small, behind the long in front of it. */
  public byte[] agedValueOf(int entry) {
    int at = recordOffset(entry);
    int length = RecordImage.valueBytes(bytes, at);
    byte[] value = new byte[CacheLayout.PREFIX_BYTES + length];
    System.arraycopy(bytes, at + CacheLayout.EXPIRES, value, 0, CacheLayout.PREFIX_BYTES);
    System.arraycopy(
        bytes, RecordImage.valueAt(bytes, at), value, CacheLayout.PREFIX_BYTES, length);
    return value;
  }

  /** The copied blocks; valid until the next gathering. */
  public byte[] bytes() {
    return bytes;
  }

  /** Record kind: the slot of an entry, as it was gathered. */
  public int slot(int entry) {
    return (int) (keys[entry] >>> 32);
  }

  void setSlot(int entry, int slot) {
    keys[entry] = (long) slot << 32 | recordOffset(entry);
  }

  long[] newWords(int buckets) {
    if (words.length < buckets) {
      words = new long[buckets];
    }
    return words;
  }

  void addRecord(long hash, int record, int slot, long bytes, long cell) {
    add(hash, (long) slot << 32 | record, bytes, cell);
  }

  void add(long hash, long key, long value, long cell) {
    if (count == hashes.length) {
      cells = Arrays.copyOf(cells, 2 * count);
      hashes = Arrays.copyOf(hashes, 2 * count);
      keys = Arrays.copyOf(keys, 2 * count);
      values = Arrays.copyOf(values, 2 * count);
    }
    hashes[count] = hash;
    keys[count] = key;
    cells[count] = cell;
    values[count++] = value;
  }

  /** Keeps the first entries only. */
  public void truncate(int entries) {
    count = entries;
  }

  /** Makes room for more bytes and returns where they go. */
  int reserve(int more) {
    int at = used;
    if (bytes.length - at < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, at + more));
    }
    used = at + more;
    return at;
  }

  /** An image of zeros up to a length. */
  byte[] newImage(int length) {
    if (image.length < length) {
      image = new byte[Math.max(2 * image.length, length)];
    } else {
      Arrays.fill(image, 0, length, (byte) 0);
    }
    return image;
  }

  byte[] newFill(int buckets) {
    if (fill.length < buckets) {
      fill = new byte[buckets];
    } else {
      Arrays.fill(fill, 0, buckets, (byte) 0);
    }
    return fill;
  }

  void displace(int index, int entry) {
    if (index == displaced.length) {
      displaced = Arrays.copyOf(displaced, 2 * index);
    }
    displaced[index] = entry;
  }

  /**
   * Puts the entries whose hash has a 0 at this bit before the others.
   *
   * @return number of those entries
   */
  public int partition(int bit) {
    int low = 0;
    int high = count;
    while (low < high) {
      if ((hashes[low] >>> bit & 1) == 0) {
        low++;
      } else {
        swap(low, --high);
      }
    }
    return low;
  }

  private void swap(int i, int j) {
    long hash = hashes[i];
    hashes[i] = hashes[j];
    hashes[j] = hash;
    long key = keys[i];
    keys[i] = keys[j];
    keys[j] = key;
    long value = values[i];
    values[i] = values[j];
    values[j] = value;
    long cell = cells[i];
    cells[i] = cells[j];
    cells[j] = cell;
  }

  /** Bits in which not all hashes agree. */
  public long differingBits() {
    long or = 0;
    long and = -1;
    for (int i = 0; i < count; i++) {
      or |= hashes[i];
      and &= hashes[i];
    }
    return count == 0 ? 0 : or ^ and;
  }
}
