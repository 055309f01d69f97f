package io.tophash.bench.store;

import java.util.function.LongSupplier;

/** The number of entries of a store that must count them, as long as nothing has changed. */
final class LastSize {
  private volatile boolean known;
  private long count;

  void forget() {
    if (known) {
      known = false;
    }
  }

  /** Tells the number of entries. */
  void is(long entries) {
    count = entries;
    known = true;
  }

  long orCount(LongSupplier counter) {
    if (!known) {
      is(counter.getAsLong());
    }
    return count;
  }
}
