package io.tophash.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Runs the examples of docs/cli.md, all in one directory, one after the other. */
@Tag("contract")
class DocsTest extends CommandTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "cli.md");

  /** A line behind a prompt, with the lines that it shall print. */
  private record Example(String command, List<String> output) {
    /** The expected output; three dots stand for anything within a line. */
    Pattern pattern() {
      return Pattern.compile(
          output.stream()
              .map(line -> Pattern.quote(line).replace("...", "\\E.*\\Q") + "\n")
              .collect(Collectors.joining()));
    }
  }

  private static List<Example> examples() throws IOException {
    List<Example> examples = new ArrayList<>();
    boolean inBlock = false;
    for (String line : Files.readAllLines(DOCUMENT)) {
      if (line.startsWith("```")) {
        inBlock = line.equals("```console");
      } else if (inBlock && line.startsWith("$ ")) {
        examples.add(new Example(line.substring(2), new ArrayList<>()));
      } else if (inBlock) {
        examples.get(examples.size() - 1).output().add(line);
      }
    }
    return examples;
  }

  @Test
  @Tag("full")
  @DisabledOnOs(OS.WINDOWS)
  void theExamplesPrintWhatTheDocumentSays() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String function =
        "tophash() { '%s' -XX:TieredStopAtLevel=1 -cp '%s' %s \"$@\"; }; "
            .formatted(java, System.getProperty("java.class.path"), Tophash.class.getName());
    List<Example> examples = examples();
    assertTrue(examples.size() > 25, () -> "examples=" + examples.size());
    for (Example example : examples) {
      Path err = path("stderr");
      Process process =
          new ProcessBuilder("sh", "-c", function + example.command())
              .directory(dir.toFile())
              .redirectError(err.toFile())
              .start();
      process.getOutputStream().close();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      String printed = ordered(out, Files.readString(err));
      assertTrue(
          example.pattern().matcher(printed).matches(),
          () -> "$ " + example.command() + "\nprinted:\n" + printed + "expected:\n" + example);
    }
  }

  /** Output and errors as a terminal shows them: the exit code, printed last, stays last. */
  private static String ordered(String out, String err) {
    int exit = out.startsWith("exit ") ? 0 : out.indexOf("\nexit ") + 1;
    return exit > 0 || out.startsWith("exit ")
        ? out.substring(0, exit) + err + out.substring(exit)
        : out + err;
  }

  @Test
  void theExitCodesAreAllInTheDocument() throws IOException {
    List<String> inDocument =
        Files.readAllLines(DOCUMENT).stream()
            .filter(line -> line.matches("\\| \\d+ \\| .*"))
            .map(line -> line.split(" ")[1])
            .toList();
    assertEquals(List.copyOf(ExitCode.LIST.keySet()), inDocument);
  }

  /** The anchor that a heading gets. */
  private static String anchor(String heading) {
    return heading
        .replaceFirst("^#+ ", "")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N} _-]", "")
        .replace(' ', '-');
  }

  private static Set<String> anchors(Path page) throws IOException {
    return Files.readAllLines(page).stream()
        .filter(line -> line.matches("#+ .*"))
        .map(DocsTest::anchor)
        .collect(Collectors.toSet());
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(DOCUMENT.resolve("../../README.md").normalize()));
    try (Stream<Path> files = Files.walk(DOCUMENT.getParent())) {
      files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    return pages;
  }

  @Test
  void theLinksOfAllPagesLeadSomewhere() throws IOException {
    Pattern link = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    List<String> broken = new ArrayList<>();
    for (Path page : pages()) {
      Matcher matcher = link.matcher(Files.readString(page).replaceAll("(?s)```.*?```", ""));
      while (matcher.find()) {
        String[] target = matcher.group(1).split("#", 2);
        if (!target[0].startsWith("http")) {
          Path file = target[0].isEmpty() ? page : page.resolveSibling(target[0]).normalize();
          if (!Files.exists(file)
              || target.length == 2
                  && file.toString().endsWith(".md")
                  && !anchors(file).contains(target[1])) {
            broken.add(page + ": " + matcher.group(1));
          }
        }
      }
    }
    assertEquals(List.of(), broken);
    assertTrue(pages().size() > 20);
  }
}
