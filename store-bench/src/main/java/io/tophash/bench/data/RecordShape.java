package io.tophash.bench.data;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The form of the keys and the size of the values of records.
 *
 * @param id the name in results and of directories
 * @param keys the keys
 * @param valueBytes bytes of each value
 */
public record RecordShape<K>(String id, KeyForm<K> keys, int valueBytes) {
  /** Strings of 16 characters to 100 bytes. */
  public static final RecordShape<String> STRING_100 =
      new RecordShape<>("string100", KeyForm.STRING, 100);

  /** Ints to 100 bytes. */
  public static final RecordShape<Integer> INT_100 = new RecordShape<>("int100", KeyForm.INT, 100);

  /**
   * Ints to values of which two fit into a page of LMDB, as lmdbjava's own benchmarks have them.
   */
  public static final RecordShape<Integer> INT_2K = new RecordShape<>("int2k", KeyForm.INT, 2026);

  /** Ints to values that fill four pages of LMDB, as lmdbjava's own benchmarks have them. */
  public static final RecordShape<Integer> INT_16K =
      new RecordShape<>("int16k", KeyForm.INT, 16_368);

  private static final List<RecordShape<?>> ALL = List.of(STRING_100, INT_100, INT_2K, INT_16K);

  /**
   * The shape with a name.
   *
   * @throws IllegalArgumentException if there is none; the message lists the known ones
   */
  public static RecordShape<?> of(String id) {
    for (RecordShape<?> shape : ALL) {
      if (shape.id.equals(id)) {
        return shape;
      }
    }
    throw new IllegalArgumentException(
        "unknown shape '"
            + id
            + "', known are: "
            + ALL.stream().map(RecordShape::id).collect(Collectors.joining(", ")));
  }

  /** All shapes. */
  public static List<RecordShape<?>> all() {
    return ALL;
  }

  /** The key of an index from 0 on. */
  public K key(long index) {
    return keys.key(index);
  }

  /** Bytes of an entry's own data. */
  public int entryBytes() {
    return keys.bytes() + valueBytes;
  }

  /** The checksum over all entries, in any order. */
  public long checksum(int entries) {
    byte[] value = new byte[valueBytes];
    long sum = 0;
    for (int i = 0; i < entries; i++) {
      Records.valueInto(i, 0, value);
      sum += Records.fold(key(i), value);
    }
    return sum;
  }
}
