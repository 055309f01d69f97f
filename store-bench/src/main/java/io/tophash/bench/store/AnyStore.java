package io.tophash.bench.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What the stores of all shapes of entries share. For one thread; another one gets a view of its
 * own. Made closed; {@link #open} comes first.
 */
public interface AnyStore extends AutoCloseable {
  /** What {@link #liveBytes} says if the store cannot tell. */
  long UNKNOWN = -1;

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

  /** Reads all entries and sums up a checksum that does not depend on their order. */
  long iterate();

  /** Number of entries. */
  long size();

  /** True if there are no entries; cheap also where counting them is not. */
  default boolean isEmpty() {
    return size() == 0;
  }

  /** Brings a store that was just filled into the state in which its manual wants it read. */
  default void settle() {}

  /** Lets later lookups see what other processes or threads wrote, if a store must be told. */
  default void refresh() {}

  /** Bytes of memory outside of the heap, of a store that is neither there nor in a file. */
  default long memoryBytes() {
    return 0;
  }

  /** Makes the writes since the last call visible, if a store collects them. */
  default void endBatch() {}

  /** Bytes in the open store's file that are not free for reuse, or {@link #UNKNOWN}. */
  default long liveBytes() {
    return UNKNOWN;
  }

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
