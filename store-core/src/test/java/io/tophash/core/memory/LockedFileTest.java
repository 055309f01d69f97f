package io.tophash.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The number by which a lock file is known. */
@Tag("contract")
class LockedFileTest {
  /** Of file systems whose first directories have the same inode as a rule. */
  private static final List<Path> ROOTS =
      List.of(Path.of("/proc"), Path.of("/sys"), Path.of("/dev"), Path.of("/dev/shm"));

  private static Object attribute(Path path, String name) throws IOException {
    return Files.getAttribute(path, "unix:" + name);
  }

  @Test
  void filesOfOneInodeOnTwoDevicesAreTwo() throws IOException {
    int pairs = 0;
    for (Path one : ROOTS) {
      for (Path other : ROOTS) {
        if (Files.exists(one)
            && Files.exists(other)
            && attribute(one, "ino").equals(attribute(other, "ino"))
            && !attribute(one, "dev").equals(attribute(other, "dev"))) {
          pairs++;
          assertNotEquals(LockedFile.id(one), LockedFile.id(other), one + " and " + other);
        }
      }
    }
    assumeTrue(pairs > 0, "no two of these file systems are there");
  }

  @Test
  void oneFileUnderTwoNamesIsOne() throws IOException {
    assertEquals(
        LockedFile.id(Path.of("/proc/self/..")),
        LockedFile.id(Path.of("/proc")),
        "a path that leads elsewhere first");
  }

  /** Drops the locks of this process on a file, as any code of it may do. */
  private static void drop(Path path) throws IOException {
    Files.readAllBytes(path);
  }

  /** Number of warnings while something runs where nobody else looks after the file. */
  private static int warnings(Path path, boolean isExplained) throws IOException {
    Logger logger = Logger.getLogger("io.tophash");
    AtomicInteger warnings = new AtomicInteger();
    Handler counter =
        new StreamHandler() {
          @Override
          public synchronized void publish(LogRecord entry) {
            warnings.addAndGet(
                entry.getMessage().contains("lost its locks")
                        && path.equals(entry.getParameters()[0])
                    ? 1
                    : 0);
          }
        };
    logger.addHandler(counter);
    try {
      return FileThread.call(
          () -> {
            LockedFile file = LockedFile.make(path);
            file.confirm(); // learns whether the system lists its locks
            drop(path);
            file.look(KernelLocks.read());
            int first = warnings.get();
            if (isExplained) {
              file.renewAfterClose();
            }
            file.look(KernelLocks.read());
            file.look(KernelLocks.read());
            file.close();
            return 10 * first + warnings.get();
          });
    } finally {
      logger.removeHandler(counter);
    }
  }

  @Test
  void locksThatAreLostAreToldOnceUnlessItWasTophashThatClosedTheFile(@TempDir Path directory)
      throws IOException {
    assumeTrue(Files.exists(Path.of("/proc/locks")), "the system does not list its locks");
    assertEquals(1, warnings(directory.resolve("a.lock"), false), "at the second look");
    assertEquals(0, warnings(directory.resolve("b.lock"), true));
  }
}
