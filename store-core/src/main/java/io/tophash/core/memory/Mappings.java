package io.tophash.core.memory;

import io.tophash.core.errors.StoreFullException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How many mappings the system lets this process have. A JVM that has reached the limit does not
 * get an exception but is aborted, as it needs mappings itself: so a store stops before.
 */
final class Mappings {
  /** Windows of one store between two looks, as a look reads a line for each mapping. */
  private static final int STEP = 2048;

  private static final long LEAST = 4096;
  private static final Path LIMIT = Path.of("/proc/sys/vm/max_map_count");
  private static final Path USED = Path.of("/proc/self/maps");

  private Mappings() {}

  /**
   * Called before a store maps one more window.
   *
   * @param index number of the window
   * @throws StoreFullException if a tenth of the mappings is left at most, which is the JVM's
   */
  static void check(int index, Path store, long windowBytes) {
    if (index > 0 && index % STEP == 0) {
      check(used(), limit(), store, windowBytes);
    }
  }

  static void check(long used, long limit, Path store, long windowBytes) {
    if (used > limit - limit / 10) {
      throw new StoreFullException(
          "the system lets this process map hardly any more windows; raise vm.max_map_count, or copy"
              + " the store to one with larger windows, store="
              + store
              + " windowBytes="
              + windowBytes
              + " mappings="
              + used
              + " vm.max_map_count="
              + limit);
    }
  }

  /** Where nobody knows, there is no limit. */
  static long limit() {
    // The kernel gives a number to one read only, and readString() begins with one of a byte.
    try (BufferedReader number = Files.newBufferedReader(LIMIT)) {
      long limit = Long.parseLong(String.valueOf(number.readLine()).trim());
      // Kernels that are only played to a container say anything; a real one lets a JVM live.
      return limit < LEAST ? Long.MAX_VALUE : limit;
    } catch (IOException | NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  static long used() {
    try (BufferedReader lines = Files.newBufferedReader(USED)) {
      return lines.lines().count();
    } catch (IOException e) {
      return 0;
    }
  }
}
