package io.tophash.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shell script, in a tree of its own, with a JDK and a Maven that only say what they are told.
 */
@DisabledOnOs(OS.WINDOWS)
@Tag("contract")
class LauncherTest {
  private static final Path SCRIPT = Path.of("..", "tophash");

  @TempDir Path dir;
  private Path tree;
  private Path tools;

  @BeforeEach
  void makeATree() throws IOException {
    tree = Files.createDirectories(dir.resolve("a tree"));
    tools = Files.createDirectories(dir.resolve("jdk/bin"));
    Files.writeString(tools.resolveSibling("release"), "JAVA_VERSION=\"17.0.1\"\n");
    program(tools.resolve("java"), "echo \"java $*\"; echo \"LC_ALL=${LC_ALL:-}\"\n");
    program(tools.resolve("mvn"), "echo build >>\"$PWD/builds\"; touch " + jar("store-cli") + "\n");
    program(tree.resolve("tophash"), Files.readString(SCRIPT));
    Files.createFile(tree.resolve("pom.xml"));
    for (String module : new String[] {"store-core", "store-new", "store-cli", "store-bench"}) {
      Path folder = Files.createDirectories(tree.resolve(module));
      Files.createDirectories(folder.resolve("src/main"));
      Files.createFile(folder.resolve("pom.xml"));
      age(folder.resolve("src/main"), folder.resolve("pom.xml"));
    }
    age(tree.resolve("pom.xml"));
    Files.createDirectories(tree.resolve("store-cli/target/lib"));
    Files.createFile(tree.resolve(jar("store-cli")));
  }

  private static String jar(String module) {
    return module + "/target/tophash.jar";
  }

  private static void age(Path... files) throws IOException {
    for (Path file : files) {
      Files.setLastModifiedTime(file, FileTime.fromMillis(0));
    }
  }

  private static void program(Path file, String text) throws IOException {
    Files.writeString(file, text.startsWith("#!") ? text : "#!/bin/sh\n" + text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private String run(Map<String, String> environment, String line) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", line).directory(dir.toFile()).redirectErrorStream(true);
    Map<String, String> all = builder.environment();
    all.keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
    all.remove("TOPHASH_JAVA_OPTS");
    all.put("JAVA_HOME", tools.getParent().toString());
    all.put("PATH", tools + ":" + all.get("PATH"));
    all.putAll(environment);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() + " " + out;
  }

  private long builds() throws IOException {
    Path log = tree.resolve("builds");
    return Files.exists(log) ? Files.readAllLines(log).size() : 0;
  }

  @Test
  void itFindsItselfWhateverCdpathSays() throws Exception {
    Files.createDirectories(dir.resolve("trap/a tree"));
    String trap = dir.resolve("trap") + ":" + dir;
    for (String cdpath : new String[] {"", trap}) {
      String said = run(Map.of("CDPATH", cdpath), "'a tree/tophash' get 'x  y'");
      assertTrue(
          said.startsWith("0 java --add-opens java.base/jdk.internal.misc=ALL-UNNAMED -jar "),
          said);
      assertTrue(said.contains(tree.toRealPath() + "/store-cli/target/tophash.jar get x  y"), said);
    }
    Files.createSymbolicLink(dir.resolve("link"), Path.of("a tree/tophash"));
    assertTrue(run(Map.of("CDPATH", trap), "./link").startsWith("0 java "));
  }

  @Test
  void keysAreUtf8InAnyLocale() throws Exception {
    String line = "'a tree/tophash'";
    assertTrue(run(Map.of(), line).contains("LC_ALL=C.UTF-8"));
    assertTrue(run(Map.of("LC_ALL", "C"), line).contains("LC_ALL=C.UTF-8"));
    assertTrue(run(Map.of("LC_CTYPE", "POSIX"), line).contains("LC_ALL=C.UTF-8"));
    assertTrue(
        run(Map.of("LC_ALL", "de_DE", "LANG", "en_US.UTF-8"), line).contains("LC_ALL=C.UTF-8"));
    assertTrue(run(Map.of("LC_ALL", "de_DE.utf8"), line).contains("LC_ALL=de_DE.utf8"));
    assertTrue(run(Map.of("LANG", "en_US.UTF-8"), line).contains("LC_ALL=\n"));
  }

  @Test
  void aClosedStreamIsOpenTheWrongWayRound() throws Exception {
    program(
        tools.resolve("java"),
        """
        { cat >/dev/null; } 2>/dev/null || echo 'no input' >&3
        { echo x; } 2>/dev/null || echo 'no output' >&3
        echo x >&2 || echo 'no errors' >&3
        """);
    String line = "exec 3>&1; 'a tree/tophash' ";
    assertEquals("0 no input\nx\nx\n", run(Map.of(), line + "<&-"));
    assertEquals("0 no output\nx\n", run(Map.of(), line + "</dev/null >&-"));
    assertEquals("0 x\nno errors\n", run(Map.of(), line + "</dev/null 2>&-"));
    assertEquals("0 no input\nno output\nno errors\n", run(Map.of(), line + "<&- >&- 2>&-"));
  }

  @Test
  void itBuildsWhenASourceOfAnyModuleIsNewer() throws Exception {
    run(Map.of(), "'a tree/tophash'");
    assertEquals(0, builds());
    FileTime later = FileTime.fromMillis(System.currentTimeMillis() + 60_000);
    Path benchmark = tree.resolve("store-bench/src/main");
    Files.setLastModifiedTime(benchmark, later);
    run(Map.of(), "'a tree/tophash'");
    assertEquals(0, builds(), "the benchmarks are another program");
    for (String module : new String[] {"store-core", "store-new", "store-cli"}) {
      long before = builds();
      Path sources = tree.resolve(module).resolve("src/main");
      Files.setLastModifiedTime(sources, later);
      String said = run(Map.of(), "'a tree/tophash'");
      assertTrue(said.contains("building the command line tool"), said);
      assertEquals(before + 1, builds(), module);
      age(sources);
    }
  }
}
