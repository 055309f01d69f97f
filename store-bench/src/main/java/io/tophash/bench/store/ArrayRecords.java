package io.tophash.bench.store;

import io.tophash.bench.data.RecordShape;
import io.tophash.bench.data.Records;
import java.util.Arrays;

/**
 * Records in a store that hands out arrays.
 *
 * @param <K> the keys
 */
abstract class ArrayRecords<K> implements RecordStore<K> {
  final RecordShape<K> shape;
  private final boolean onHeap;
  private final byte[] into;

  /**
   * Makes a closed store.
   *
   * @param shape its entries
   * @param onHeap true if the store keeps and hands out references, so that the copies that other
   *     stores make by themselves are made here
   */
  ArrayRecords(RecordShape<K> shape, boolean onHeap) {
    this.shape = shape;
    this.onHeap = onHeap;
    this.into = new byte[shape.valueBytes()];
  }

  /** The value, or null. */
  abstract byte[] find(K key);

  /** Stores an array, which nobody changes from now on if the store is on the heap. */
  abstract void store(K key, byte[] value);

  private byte[] found(K key) {
    byte[] value = find(key);
    if (value == null) {
      throw RecordStore.absent(key);
    }
    return value;
  }

  @Override
  public final long get(K key) {
    byte[] value = found(key);
    return Records.fold(onHeap ? Arrays.copyOf(value, value.length) : value);
  }

  @Override
  public final long getInto(K key) {
    byte[] value = found(key);
    if (!onHeap) {
      return Records.fold(value); // it has no way to fill an array of the caller's
    }
    System.arraycopy(value, 0, into, 0, value.length);
    return Records.fold(into);
  }

  @Override
  public boolean has(K key) {
    return find(key) != null;
  }

  @Override
  public final void put(K key, byte[] value) {
    store(key, onHeap ? Arrays.copyOf(value, value.length) : value);
  }
}
