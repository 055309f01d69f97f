package io.tophash.core;

/** Takes the entries of a store of longs, without boxing. */
@FunctionalInterface
public interface LongLongConsumer {
  /** Takes one entry. */
  void accept(long key, long value);
}
