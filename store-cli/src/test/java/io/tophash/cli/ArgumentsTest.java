package io.tophash.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The command line is what was given: in any locale, and with any first letter. */
@Tag("contract")
class ArgumentsTest extends CommandTest {
  private static byte[] raw(String... words) {
    return (String.join("\0", words) + "\0").getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void whatTheLocaleDoesNotHaveIsTakenFromTheBytes() {
    byte[] raw = raw("java", "-jar", "x.jar", "put", "s", "größe", "");
    String[] given = {"put", "s", "größe", ""};
    assertArrayEquals(given, Arguments.asGiven(new String[] {"put", "s", "gr??e", ""}, raw, true));
    assertArrayEquals(
        given, Arguments.asGiven(new String[] {"put", "s", "gr\ufffd\ufffde", ""}, raw, false));
    assertArrayEquals(
        given, Arguments.asGiven(new String[] {"put", "s", "grÃ¶ÃŸe", ""}, raw, false));
  }

  @Test
  void whatIsNotKnownIsRefused() {
    for (String doubtful : new String[] {"gr??e", "gr\ufffde"}) {
      String[] decoded = {"put", doubtful};
      CliException e =
          assertThrows(CliException.class, () -> Arguments.asGiven(decoded, new byte[0], true));
      assertEquals(ExitCode.USAGE, e.exitCode);
      assertTrue(e.getMessage().contains("argument 2"), e.getMessage());
    }
    String[] known = {"put", "größe", "what?"};
    assertArrayEquals(known, Arguments.asGiven(known, new byte[0], false));
    byte[] latin = "java\0gr\u00f6\0".getBytes(StandardCharsets.ISO_8859_1);
    assertThrows(
        CliException.class, () -> Arguments.asGiven(new String[] {"gr\ufffd"}, latin, false));
  }

  /** Runs the command as a process of its own in a locale; the arguments are in a shell's words. */
  private String inLocale(String locale, String arguments) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ProcessBuilder builder =
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
            .redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
    builder.environment().put("LC_ALL", locale);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return out + process.waitFor();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void keysAreUtf8InTheLocaleC() throws Exception {
    assertEquals("0", inLocale("C", "put a.tph \"$(printf 'gr\\303\\266\\303\\237e')\" 1"));
    assertEquals("0", inLocale("C", "put a.tph \"$(printf 'gr\\303\\274\\303\\237e')\" 2"));
    assertEquals("0", inLocale("C", "put a.tph 'what?' 3"));
    assertEquals("1\n", run("get", path("a.tph"), "größe").ok().out());
    assertEquals("2\n", run("get", path("a.tph"), "grüße").ok().out());
    assertEquals("3\n", run("get", path("a.tph"), "what?").ok().out());
    assertEquals("1\n0", inLocale("C", "get a.tph \"$(printf 'gr\\303\\266\\303\\237e')\""));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whatIsNotUtf8IsRefused() throws Exception {
    for (String locale : new String[] {"C", "C.UTF-8"}) {
      String said = inLocale(locale, "put a.tph \"$(printf 'gr\\366')\" 1");
      assertTrue(said.contains("argument 3 is not valid UTF-8") && said.endsWith("2"), said);
      assertEquals(false, Files.exists(path("a.tph")));
    }
    String said = inLocale("C", "put \"$(printf '\\303\\266')\" k v");
    assertTrue(said.contains("no such file name") && said.endsWith("2"), said);
  }

  @Test
  void aKeyMayBeginWithAnAt() throws IOException {
    Path names = file("names", "alice --max-bytes 7");
    Path store = path("a.tph");
    run("put", store, "@" + names, "v1").ok();
    run("put", store, "@@x", "@" + names).ok();
    run("put", store, "--", "@missing", "@").ok();
    assertEquals("v1\n", run("get", store, "@" + names).ok().out());
    assertEquals("@" + names + "\n", run("get", store, "@@x").ok().out());
    assertEquals("@\n", run("get", store, "--", "@missing").ok().out());
    assertEquals(3L, run("stat", "--json", store).ok().json().get("entries"));
    Result refused = run("@" + names);
    assertEquals(2, refused.code());
    assertTrue(!refused.err().contains("alice"), refused.err());
    assertEquals(
        Map.of("key", "@@x", "value", "@" + names),
        run("scan", "--json", "--prefix", "@@", store).ok().json());
  }
}
