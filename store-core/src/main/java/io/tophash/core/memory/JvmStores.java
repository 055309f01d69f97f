package io.tophash.core.memory;

import java.lang.ref.Reference;
import java.nio.file.Path;

/**
 * The lock files that this JVM has open, through whatever class loader. The kernel takes all of
 * them for one process: whoever opened such a file a second time and closed it would drop the locks
 * of the first. So it is not even opened.
 *
 * <p>What all class loaders share are the classes of the JDK; the table is in the system
 * properties, as text.
 */
final class JvmStores {
  private static final String PREFIX = "io.tophash.open.";
  private static final String LOADER =
      Integer.toHexString(System.identityHashCode(JvmStores.class));

  private JvmStores() {}

  /** Notes that this class loader opens a lock file; false if another one has it open. */
  static boolean enter(Path lockFile) {
    return System.getProperties().putIfAbsent(PREFIX + lockFile, LOADER) == null;
  }

  /** Ends what {@link #enter} began. */
  static void leave(Path lockFile) {
    System.getProperties().remove(PREFIX + lockFile, LOADER);
  }

  /**
   * Keeps something reachable as long as the JVM lives, and this class loader with it: an open
   * file, whose collection would close it. Only where the system properties were replaced.
   */
  static void keepForEver(Object what) {
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> Reference.reachabilityFence(what)));
    } catch (IllegalStateException e) {
      // The JVM ends; nothing is collected any more.
    }
  }
}
