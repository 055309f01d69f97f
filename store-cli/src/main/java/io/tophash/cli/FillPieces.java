package io.tophash.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The entries that a store is filled with, in pieces of which each is in the order in which the
 * store keeps them: where it is larger than memory, each part of it comes back once for a piece
 * instead of once for each entry. Of equal keys the later one stays the later one.
 *
 * <p>For one thread.
 */
final class FillPieces {
  /** Fewer entries than this are hardly more than one for each part of the store. */
  static final int WORTH_IT = 1 << 14;

  private static final int INDEX_BITS = 18;
  private static final int MOST = 1 << INDEX_BITS;
  private static final long MOST_BYTES = Math.min(32 << 20, Runtime.getRuntime().maxMemory() / 16);
  private static final int OBJECTS_BYTES = 64; // of an entry, besides its key and value

  /**
   * An entry of a file as it will be in the store.
   *
   * @param line where it stands
   */
  record Entry(byte[] key, byte[] value, long line) {}

  private final OpenStore store;
  private final boolean inOrder;
  private List<Entry> taken = new ArrayList<>();
  private long bytes;

  /**
   * @param inOrder false: each entry is a piece
   */
  FillPieces(OpenStore store, boolean inOrder) {
    this.store = store;
    this.inOrder = inOrder && store.hasFillOrder();
  }

  OpenStore store() {
    return store;
  }

  /**
   * Takes an entry.
   *
   * @return true if the piece is to be ended and stored now
   */
  boolean add(Entry entry) {
    taken.add(entry);
    bytes += entry.key.length + entry.value.length + OBJECTS_BYTES;
    return !inOrder || taken.size() == MOST || bytes >= MOST_BYTES;
  }

  /** Ends the piece: its entries in the order in which they are to be stored. */
  List<Entry> end() {
    List<Entry> ended = taken;
    taken = new ArrayList<>();
    bytes = 0;
    if (ended.size() < WORTH_IT) {
      return ended;
    }
    // Unsigned order as signed numbers; the lowest bits are of no use, and say which entry it is.
    long[] orders = new long[ended.size()];
    for (int i = 0; i < orders.length; i++) {
      orders[i] = (store.fillOrder(ended.get(i).key) ^ Long.MIN_VALUE) & -MOST | i;
    }
    Arrays.sort(orders);
    List<Entry> sorted = new ArrayList<>(orders.length);
    for (long order : orders) {
      sorted.add(ended.get((int) (order & MOST - 1)));
    }
    return sorted;
  }
}
