package io.tophash.bench.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * A store of longs as the benchmarks use it. For one thread. Made closed; {@link #open} comes
 * first.
 */
public interface LongStore extends AutoCloseable {
  /**
   * Opens the store in a directory of its own, and makes it first if it is not there.
   *
   * @param directory an existing directory; not used by stores on the heap
   * @param entries how many entries it will hold; only for stores that must be told
   */
  void open(Path directory, long entries) throws IOException;

  /** As {@link #open}, but a store that takes a hint about its size gets it. */
  default void openHinted(Path directory, long entries) throws IOException {
    open(directory, entries);
  }

  /** Opens the store after its last owner was killed, in the way that its manual prescribes. */
  default void openAfterKill(Path directory, long entries) throws IOException {
    open(directory, entries);
  }

  /** The value of a key, or {@link io.tophash.bench.data.Keys#MISSING}. */
  long get(long key);

  /** Looks up many keys; an absent one has {@link io.tophash.bench.data.Keys#MISSING}. */
  default void getAll(long[] keys, long[] values) {
    for (int i = 0; i < keys.length; i++) {
      values[i] = get(keys[i]);
    }
  }

  /** Stores a value. */
  void put(long key, long value);

  /** Removes a key. */
  void remove(long key);

  /** Reads all entries and sums up {@link io.tophash.bench.data.Keys#fold}. */
  long iterate();

  /** Number of entries. */
  long size();

  /** Makes the writes since the last call visible, if a store collects them. */
  default void endBatch() {}

  /** Length of the closed store's files, without space that was only reserved. */
  default long fileBytes(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  void close();
}
