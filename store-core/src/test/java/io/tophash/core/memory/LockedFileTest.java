package io.tophash.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

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
}
