package io.tophash.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Standard streams that are closed, and those that are a terminal. */
@Tag("fault")
class StandardStreamTest extends CommandTest {
  /** Runs the command from a shell, and returns what it says on both streams, and its exit code. */
  private String shell(String arguments) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "'%s' -cp '%s' %s %s"
                    .formatted(
                        java,
                        System.getProperty("java.class.path"),
                        Tophash.class.getName(),
                        arguments))
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return out + process.waitFor();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aClosedInputIsAnError() throws Exception {
    for (String command : new String[] {"put a.tph k -", "load a.tph -"}) {
      for (String closed : new String[] {"<&-", "0>/dev/null"}) {
        String said = shell(command + " " + closed);
        assertTrue(said.contains("standard input is closed") && said.endsWith("4"), said);
        assertFalse(Files.exists(path("a.tph")), "a store was made for nothing");
      }
    }
    run("put", path("a.tph"), "k", "v").ok();
    assertEquals("v\n0", shell("get a.tph k <&-"), "who reads no input needs none");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aClosedOutputIsAnErrorAndNotAFileOfTheStore() throws Exception {
    Path store = path("a.tph");
    run("put", store, "k", "v".repeat(100_000)).ok();
    byte[] before = Files.readAllBytes(store);
    String said = shell("scan a.tph >&-");
    assertTrue(said.contains("standard output is closed") && said.endsWith("4"), said);
    assertEquals(1, said.lines().filter(line -> line.contains("closed")).count(), said);
    assertEquals("4", shell("scan a.tph >&- 2>&-"));
    shell("scan a.tph <&- >&- 2>&-"); // here the JVM itself opens /dev/null
    assertEquals("1", shell("get a.tph other <&- >&- 2>&-"));
    assertArrayEquals(before, Files.readAllBytes(store));
    assertEquals("0", shell("put a.tph k w >&- 2>&- <&-"), "who says nothing needs no output");
    assertEquals("w\n", run("get", store, "k").ok().out());
  }

  private static String onTerminal(Object... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console = new Console(new ByteArrayInputStream(new byte[0]), out, err, true, false);
    String[] texts = new String[args.length];
    for (int i = 0; i < args.length; i++) {
      texts[i] = args[i].toString();
    }
    Tophash.run(console, texts);
    return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void nothingSteersTheTerminal() {
    String key = "k\u001b[31m\u009b2J\u007f\u0000\u202e";
    String value = "a\tb\r\nü\u001b]0;title\u0007";
    Path store = path("a.tph");
    run("put", store, key, value).ok();
    String shown = "k\\u001b[31m\\u009b2J\\u007f\\u0000\\u202e";
    assertEquals("a\tb\\u000d\nü\\u001b]0;title\\u0007\n", onTerminal("get", store, key));
    assertEquals(shown + "\ta\\tb\\r\\nü\\u001b]0;title\\u0007\n", onTerminal("scan", store));
    assertEquals(onTerminal("scan", store), onTerminal("export", store));
    assertEquals(key, parseJson(onTerminal("scan", "--json", store).strip()).get("key"));
    assertFalse(onTerminal("scan", "--json", store).contains("\u009b"));
    // Programs get what is there.
    assertEquals(value + "\n", run("get", store, key).ok().out());
    assertEquals(value, onTerminal("get", "--raw", store, key));
  }

  @Test
  void errorsAreVisibleAnywhere() {
    Path store = path("a.tph");
    run("put", store, "1", "v", "--key-codec", "int64").ok();
    run("get", store, "\u001b[31mx").fails(5, "key=\\u001b[31mx");
    run("get", dir.resolve("no\u001b[31m"), "x").fails(4, "no\\u001b[31m");
    run("\u001b[31m").fails(2, "\\u001b[31m");
    assertFalse(run("--debug", "get", dir.resolve("\u009b"), "x").err().contains("\u009b"));
  }
}
