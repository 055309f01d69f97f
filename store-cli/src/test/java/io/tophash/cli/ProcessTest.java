package io.tophash.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The command as a process of its own. */
@Tag("crash")
class ProcessTest extends CommandTest {
  private String stderr() throws IOException {
    return Files.readString(path("stderr"));
  }

  @Test
  void printsItsVersion() throws Exception {
    Process process = start("--version");
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor());
    assertTrue(out.startsWith("tophash "), out);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void endsQuietlyIfItsReaderGoes() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      lines.append(i).append('\t').append("x".repeat(50)).append('\n');
    }
    Path store = path("a.tph");
    run("load", store, file("a.tsv", lines.toString())).ok();
    Process process = start("scan", store);
    try (InputStream out = process.getInputStream()) {
      assertTrue(out.read() > 0);
    }
    assertEquals(0, process.waitFor());
    assertEquals("", stderr());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aTerminatedLoadLeavesAWholeStore() throws Exception {
    Path store = path("a.tph");
    Process process = start("load", store, "-");
    try (OutputStream in = process.getOutputStream()) {
      byte[] line = ("\t" + "x".repeat(100) + "\n").getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < 50_000; i++) {
        in.write(Integer.toString(i).getBytes(StandardCharsets.UTF_8));
        in.write(line);
      }
      in.flush();
      // It has read all but what fits its pipe, and its input does not end (as it would by
      // Process.destroy, which closes the pipe), so it is in the middle of its work.
      assertTrue(process.toHandle().destroy());
      assertEquals(143, process.waitFor(), stderr());
    } catch (IOException e) {
      // The pipe cannot be closed in order, as nobody reads it any more.
      assertEquals(143, process.waitFor(), stderr());
    }
    Result verified = run("verify", store);
    assertEquals(0, verified.code(), verified.err());
    long entries = (Long) run("stat", "--json", store).ok().json().get("entries");
    assertTrue(entries > 40_000 && entries <= 50_000, () -> "entries=" + entries);
    assertEquals("x".repeat(100) + "\n", run("get", store, "17").ok().out());
  }
}
