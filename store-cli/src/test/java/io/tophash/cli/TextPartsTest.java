package io.tophash.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The small parts: escapes, text forms, lines, the progress bar. */
@Tag("contract")
class TextPartsTest {
  @Test
  void escapesOfTsvComeBack() {
    for (String text : new String[] {"", "plain", "\t", "a\tb\nc\rd\\e", "\\\\n", "\\t"}) {
      String escaped = Tsv.escape(text);
      assertTrue(escaped.chars().noneMatch(c -> c == '\t' || c == '\n' || c == '\r'), escaped);
      assertEquals(text, Tsv.unescape(escaped));
    }
    assertThrows(IllegalArgumentException.class, () -> Tsv.unescape("a\\"));
    assertThrows(IllegalArgumentException.class, () -> Tsv.unescape("a\\x"));
  }

  @Test
  void bytesAreTextIfTheyCanBe() {
    TextForm form = CodecName.BYTES.form();
    assertEquals("text", form.format("text".getBytes(StandardCharsets.UTF_8)));
    assertEquals("hex:ff", form.format(new byte[] {-1}));
    assertEquals("hex:6865783a", form.format("hex:".getBytes(StandardCharsets.UTF_8)));
    assertArrayEquals(new byte[] {-1, 10}, form.parse("value", "hex:fF0a"));
    assertArrayEquals(new byte[0], form.parse("value", "hex:"));
    assertEquals(5, assertThrows(CliException.class, () -> form.parse("value", "hex:f")).exitCode);
  }

  @Test
  void textInATextStoreIsTakenLiterally() {
    TextForm form = CodecName.UTF8.form();
    assertEquals("hex:ff", form.format(form.parse("value", "hex:ff")));
    assertThrows(CliException.class, () -> form.parse("value", "\ud800"));
  }

  @Test
  void longTextsAreShortenedInMessages() {
    CliException e =
        assertThrows(
            CliException.class, () -> CodecName.INT64.form().parse("key", "x".repeat(10_000)));
    assertTrue(e.getMessage().length() < 400, e::getMessage);
  }

  private static List<String> lines(String text) throws Exception {
    LineReader reader =
        new LineReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    List<String> lines = new ArrayList<>();
    while (reader.next()) {
      lines.add(reader.text());
      assertEquals(lines.size(), reader.number());
    }
    return lines;
  }

  @Test
  void linesEndWithAnyLineEnd() throws Exception {
    assertEquals(List.of(), lines(""));
    assertEquals(List.of(""), lines("\n"));
    assertEquals(List.of("a", "", "b\rc", "d"), lines("a\r\n\nb\rc\nd"));
  }

  @Test
  void linesMayBeLongerThanTheBuffer() throws Exception {
    String longLine = "äx".repeat(100_000);
    assertEquals(List.of("a", longLine, longLine), lines("a\n" + longLine + "\n" + longLine));
    // A line that ends exactly with the buffer.
    String exact = "x".repeat((1 << 16) - 1);
    assertEquals(List.of(exact, "b"), lines(exact + "\nb"));
  }

  @Test
  void theProgressBarShowsShareRateAndTimeLeft() {
    StringWriter err = new StringWriter();
    long[] now = {0};
    Progress progress = new Progress(new PrintWriter(err), true, 1000, 80, () -> now[0]);
    now[0] = 50_000_000;
    progress.update(10, 10);
    assertEquals("", err.toString(), "too soon");
    now[0] = 2_000_000_000;
    progress.update(3000, 250);
    String shown = err.toString();
    assertTrue(shown.contains("25 % [#####---------------]"), shown);
    assertTrue(shown.contains("3,000 entries  1,500/s  ETA 0:06"), shown);
    progress.end();
    assertTrue(err.toString().endsWith("\r"), "the line is wiped");
  }

  @Test
  void theProgressFitsTheTerminal() {
    for (int columns = 1; columns < 120; columns++) {
      for (long total : new long[] {0, 1000}) {
        StringWriter err = new StringWriter();
        long[] now = {0};
        Progress progress = new Progress(new PrintWriter(err), true, total, columns, () -> now[0]);
        now[0] = 2_000_000_000;
        progress.update(3_000_000, 250);
        String line = err.toString().substring(1);
        assertTrue(line.length() < columns, line);
        if (columns >= 40 && total > 0) {
          assertTrue(line.startsWith(" 25 %") && line.endsWith("ETA 0:06"), line);
        }
      }
    }
  }

  @Test
  void aLineThatIsTooLongHasNoTextAndTheNextOneHas() throws Exception {
    String text = "x".repeat(11) + "\nok\n" + "y".repeat(10) + "\n" + "z".repeat(200_000) + "\nend";
    LineReader reader =
        new LineReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), 10);
    List<String> lines = new ArrayList<>();
    while (reader.next()) {
      lines.add(reader.isTooLong() ? "-" : reader.text());
    }
    assertEquals(List.of("-", "ok", "y".repeat(10), "-", "end"), lines);
  }

  @Test
  void theProgressOfAPipeHasNoShare() {
    StringWriter err = new StringWriter();
    long[] now = {0};
    Progress progress = new Progress(new PrintWriter(err), true, 0, 80, () -> now[0]);
    now[0] = 1_000_000_000;
    progress.update(7, 100);
    assertEquals("\r7 entries  7/s", err.toString());
  }

  @Test
  void aDisabledProgressBarIsSilent() {
    StringWriter err = new StringWriter();
    long[] now = {0};
    Progress progress = new Progress(new PrintWriter(err), false, 10, 80, () -> now[0]);
    now[0] = 1_000_000_000;
    progress.update(7, 5);
    progress.end();
    assertEquals("", err.toString());
    assertFalse(err.toString().contains("\r"));
  }
}
