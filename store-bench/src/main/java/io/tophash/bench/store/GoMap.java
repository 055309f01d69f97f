package io.tophash.bench.store;

import java.io.IOException;
import java.nio.file.Path;

/** The methods of Go's sync.Map, over longs, for any number of threads. */
public interface GoMap extends AutoCloseable {
  /** What stands for "absent"; never stored. */
  long ABSENT = Long.MIN_VALUE;

  /** Opens an empty map, in a directory if it is in a file. */
  void open(Path directory) throws IOException;

  /** The value, or {@link #ABSENT}. */
  long load(long key);

  /** Stores a value. */
  void store(long key, long value);

  /** Stores a value; the previous one, or {@link #ABSENT}. */
  long swap(long key, long value);

  /** Stores a value if the key is absent; the value that was there, or {@link #ABSENT}. */
  long loadOrStore(long key, long value);

  /** Removes a key; its value, or {@link #ABSENT}. */
  long loadAndDelete(long key);

  /** Removes a key. */
  void delete(long key);

  /** Replaces a value by another one if it is the expected one. */
  boolean compareAndSwap(long key, long expected, long value);

  /** Removes a key if it has the expected value. */
  boolean compareAndDelete(long key, long expected);

  /** Number of entries that a walk over all of them meets. */
  long range();

  /** A key that a walk meets first, or {@link #ABSENT} if there is none. */
  long first();

  /** Removes all entries. */
  void clear();

  @Override
  void close();
}
