package io.tophash.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** export -o: what it may replace, and what it leaves as it is. */
@DisabledOnOs(OS.WINDOWS)
@Tag("fault")
class OutputFileTest extends CommandTest {
  private static final String CONTENT = "k\tv\n";

  private Path store;

  @BeforeEach
  void makeAStore() {
    store = path("a.tph");
    run("put", store, "k", "v").ok();
  }

  private Set<String> names() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files
          .map(file -> file.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void aPipeIsWrittenThrough() throws Exception {
    Path pipe = path("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    CompletableFuture<String> read =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return Files.readString(pipe);
              } catch (IOException e) {
                return e.toString();
              }
            });
    run("export", store, "-o", pipe, "--format", "tsv").ok();
    assertEquals(CONTENT, read.get());
    assertFalse(Files.isRegularFile(pipe), "it is still a pipe");
    assertEquals(Set.of("a.tph", "a.tph.lock", "pipe"), names());
  }

  @Test
  void aDeviceStaysADevice() throws Exception {
    Path device = Files.createSymbolicLink(path("null.tsv"), Path.of("/dev/null"));
    assertEquals(4L, run("export", "--json", store, "-o", device).ok().json().get("bytes"));
    assertTrue(Files.isSymbolicLink(device));
    assertFalse(Files.isRegularFile(Path.of("/dev/null")));
  }

  @Test
  void aSymbolicLinkIsFollowed() throws Exception {
    Path other = Files.createDirectory(path("other"));
    Path real = Files.writeString(other.resolve("real.tsv"), "old");
    Path second = Files.createSymbolicLink(other.resolve("second"), Path.of("real.tsv"));
    Path link = Files.createSymbolicLink(path("link.tsv"), Path.of("other/second"));
    run("export", store, "-o", link).ok();
    assertTrue(Files.isSymbolicLink(link) && Files.isSymbolicLink(second));
    assertEquals(CONTENT, Files.readString(real));

    Path toNothing = Files.createSymbolicLink(path("new.tsv"), Path.of("other/made.tsv"));
    run("export", store, "-o", toNothing).ok();
    assertTrue(Files.isSymbolicLink(toNothing));
    assertEquals(CONTENT, Files.readString(other.resolve("made.tsv")));

    Path loop = Files.createSymbolicLink(path("loop.tsv"), Path.of("loop.tsv"));
    run("export", store, "-o", loop).fails(4, "loop.tsv");
  }

  @Test
  void theModeStays() throws Exception {
    for (String mode : new String[] {"rw-------", "rw-rw----", "rwxr-x--x", "rw-rw-rw-"}) {
      Path file = Files.writeString(path("out.tsv"), "old");
      Set<PosixFilePermission> permissions = PosixFilePermissions.fromString(mode);
      Files.setPosixFilePermissions(file, permissions);
      run("export", store, "-o", file).ok();
      assertEquals(CONTENT, Files.readString(file));
      assertEquals(permissions, Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
      Files.delete(file);
    }
    Path like = Files.createFile(path("like"));
    Path file = path("new.tsv");
    run("export", store, "-o", file).ok();
    assertEquals(Files.getPosixFilePermissions(like), Files.getPosixFilePermissions(file));
  }

  @Test
  void filesOfOthersStay() throws Exception {
    Path part = file("out.tsv.part", "mine");
    Path numbered = file("out.tsv.0.part", "mine too");
    run("export", store, "-o", path("out.tsv")).ok();
    run("export", path("none.tph"), "-o", path("out.tsv")).fails(4, "no such file");
    assertEquals("mine", Files.readString(part));
    assertEquals("mine too", Files.readString(numbered));
    assertEquals(CONTENT, Files.readString(path("out.tsv")));
    assertEquals(
        Set.of("a.tph", "a.tph.lock", "out.tsv", "out.tsv.part", "out.tsv.0.part"), names());
  }

  @Test
  void theStoreAndItsLockFileAreNoOutput() throws Exception {
    run("export", store, "-o", path("a.tph.lock"), "--format", "tsv").fails(2, "lock file");
    Path link = Files.createSymbolicLink(path("link"), store);
    run("export", store, "-o", link, "--format", "tsv").fails(2, "the store itself");
    run("export", link, "-o", store, "--format", "tsv").fails(2, "the store itself");
    assertEquals("v\n", run("get", store, "k").ok().out());
  }

  @Test
  void aFileThatSomebodyAppendsToIsAppendedTo() throws Exception {
    Path log = file("log", "before\n");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(
                java,
                "-cp",
                System.getProperty("java.class.path"),
                Tophash.class.getName(),
                "export",
                store.toString(),
                "-o",
                "/dev/stdout")
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertEquals(0, process.waitFor());
    String text = Files.readString(log, StandardCharsets.UTF_8);
    assertTrue(text.startsWith("before\n" + CONTENT), text);
    assertTrue(Files.isSymbolicLink(Path.of("/dev/stdout")));
  }

  @Test
  void aRootIsADirectory() {
    run("export", store, "-o", "/").fails(4, "directory");
    run("load", store, "/").fails(4, "directory");
    run("load", store, "/", "--format", "tsv").fails(4, "directory");
    run("load", "/", file("x.tsv", CONTENT)).fails(4, "not a regular file");
    run("put", "/", "k", "v").fails(4, "not a regular file");
    run("get", "/", "k").fails(4, "not a regular file");
    run("stat", "/").fails(4, "not a regular file");
    run("backup", store, "/").fails(4, "/");
    run("recover", store, "--to", "/").fails(4, "/");
    run("load", store, "").fails(4, "directory");
  }
}
