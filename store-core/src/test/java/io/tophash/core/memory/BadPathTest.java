package io.tophash.core.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tophash.core.errors.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths that are no store: each is refused with the reason and leaves nothing behind. */
@Tag("fault")
class BadPathTest {
  @TempDir Path directory;

  private static void assertRefused(Path path, boolean readOnly, String reason) {
    StoreException e =
        assertThrows(StoreException.class, () -> StoreFile.open(path, readOnly, 1 << 20).close());
    assertEquals(StoreException.class, e.getClass());
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(p -> p.getFileName().toString()).sorted().collect(Collectors.toList());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aDirectoryIsNoStore(boolean readOnly) throws IOException {
    assertRefused(directory, readOnly, "is a directory; name a file in it");
    assertRefused(Path.of(""), readOnly, "is a directory");
    assertRefused(directory.getRoot(), readOnly, "not a file");
    assertEquals(List.of(), names());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theDirectoryOfAStoreMustExist(boolean readOnly) throws IOException {
    Path path = directory.resolve("no").resolve("a.tph");
    assertRefused(path, readOnly, "directory=" + directory.resolve("no"));
    assertEquals(List.of(), names());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFileIsNoDirectory(boolean readOnly) throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    assertRefused(file.resolve("a.tph"), readOnly, "");
    assertEquals(List.of("file"), names());
  }

  @Test
  void aReadOnlyOpenMakesNoStore() throws IOException {
    assertRefused(directory.resolve("a.tph"), true, "no store to open read-only");
    assertEquals(List.of(), names());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aLinkThatLeadsNowhereIsRefusedAndKept(boolean readOnly) throws IOException {
    Path link = directory.resolve("link");
    Files.createSymbolicLink(link, directory.resolve("gone"));
    Path loop = directory.resolve("loop");
    Files.createSymbolicLink(loop, loop);
    assertRefused(link, readOnly, "symbolic link");
    assertRefused(loop, readOnly, "symbolic link");
    assertTrue(Files.isSymbolicLink(link));
    assertEquals(List.of("link", "loop"), names());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aDeviceIsNoStore(boolean readOnly) {
    Path device = Path.of("/dev/null");
    assumeTrue(Files.exists(device));
    assertRefused(device, readOnly, "not a regular file");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aNameThatIsTooLongIsRefused(boolean readOnly) throws IOException {
    assertRefused(directory.resolve("n".repeat(300)), readOnly, "");
    // Long enough for the store and too long for its sidecar.
    Path path = directory.resolve("n".repeat(253));
    Files.write(path, new byte[10]);
    assertRefused(path, readOnly, "");
    assertArrayEquals(new byte[10], Files.readAllBytes(path));
  }

  @Test
  void aStoreThatMayNotBeReadIsRefused() throws IOException {
    Path path = directory.resolve("a.tph");
    Files.write(path, new byte[10]);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(path), "permissions are not enforced for this user");
    assertRefused(path, true, "no permission to read");
    assertRefused(path, false, "no permission to read");
  }

  @Test
  void aStoreThatMayNotBeWrittenOpensReadOnly() throws IOException {
    Path path = directory.resolve("a.tph");
    Files.write(path, new byte[10]);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r--r--r--"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assumeFalse(Files.isWritable(path), "permissions are not enforced for this user");
      assertRefused(path, false, "no permission to write");
      assertRefused(directory.resolve("b.tph"), false, "no permission to write");
      // Not even the sidecar can be made there.
      StoreFile.open(path, true, 1 << 20).close();
      assertFalse(Files.exists(directory.resolve("a.tph.lock")));
    } finally {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }
}
