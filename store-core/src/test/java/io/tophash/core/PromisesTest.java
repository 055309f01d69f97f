package io.tophash.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/promises.md names, for each promise, tests that are there and are about such promises. */
@Tag("contract")
class PromisesTest {
  private static final Path PROMISES = Path.of("..", "docs", "promises.md");
  private static final Path README = Path.of("..", "README.md");
  private static final Path GUIDE = Path.of("..", "docs", "guide.md");

  /** The numbers of the statements about Go's map, sync.Map, Go's tests, and the cache. */
  private static final List<String> STATEMENTS =
      Stream.of(numbers("H", 23), numbers("S", 20), numbers("T", 10), numbers("C", 26))
          .flatMap(List::stream)
          .toList();

  /**
   * A row of a table.
   *
   * @param name what it begins with: an event of the README, or the number of a statement
   * @param tag the kind of its tests
   * @param tests as they stand there
   */
  private record Row(String name, String tag, String tests) {}

  private static List<String> numbers(String letter, int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> letter + i).toList();
  }

  /** The first cells of a page's table, below the row that heads it. */
  private static List<String> firstCells(Path page, String head) throws IOException {
    List<String> cells = new ArrayList<>();
    boolean inTable = false;
    for (String line : Files.readAllLines(page)) {
      if (line.equals(head)) {
        inTable = true;
      } else if (inTable && line.isEmpty()) {
        break;
      } else if (inTable && line.startsWith("| ")) {
        cells.add(line.substring(1).split("\\|")[0].strip());
      }
    }
    return cells;
  }

  private static List<List<String>> tableRows(Path page) throws IOException {
    List<List<String>> rows = new ArrayList<>();
    for (String line : Files.readAllLines(page)) {
      if (line.startsWith("| ")) {
        rows.add(
            Arrays.stream(line.substring(1, line.lastIndexOf('|')).split("\\|"))
                .map(String::strip)
                .toList());
      }
    }
    return rows;
  }

  private static List<Row> rows() throws IOException {
    return tableRows(PROMISES).stream()
        .filter(cells -> !cells.get(cells.size() - 1).equals("Tests"))
        .map(
            cells ->
                new Row(cells.get(0), cells.get(cells.size() - 2), cells.get(cells.size() - 1)))
        .toList();
  }

  private static Path source(String test) throws IOException {
    String[] parts = test.split("/");
    assertEquals(2, parts.length, () -> "not module/Class: " + test);
    try (Stream<Path> files = Files.walk(Path.of("..", "store-" + parts[0], "src/test/java"))) {
      List<Path> found =
          files.filter(file -> file.getFileName().toString().equals(parts[1] + ".java")).toList();
      assertEquals(1, found.size(), () -> "not one test class: " + test + " " + found);
      return found.get(0);
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void theTestsOfAPromiseAreThereAndOfItsKind(Row row) throws IOException {
    assertTrue(Set.of("contract", "crash", "race", "fault").contains(row.tag), row::tag);
    for (String test : row.tests.split(", ")) {
      List<String> lines = Files.readAllLines(source(test));
      assertTrue(
          lines.contains("@Tag(\"" + row.tag + "\")"),
          () -> test + " does not carry the tag of its promise: " + row);
    }
  }

  @Test
  void eachPromiseOfTheReadmeIsThere() throws IOException {
    Set<String> named =
        rows().stream()
            .map(row -> row.name.replaceFirst(": .*", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    List<String> promised = firstCells(README, "| Event | Promise |");
    assertTrue(promised.size() >= 12, promised::toString);
    promised.removeAll(named);
    assertEquals(List.of(), promised, "promises of the README that docs/promises.md does not have");
  }

  @Test
  void eachRowOfTheGuidesTableOfDurabilityIsThere() throws IOException {
    List<String> named = rows().stream().map(Row::name).toList();
    List<String> promised = firstCells(GUIDE, "| Event | What you have |");
    assertTrue(promised.size() >= 5, promised::toString);
    promised.removeAll(named);
    assertEquals(List.of(), promised, "rows of the guide that docs/promises.md does not have");
  }

  @Test
  void noStatementAboutTheModelsIsMissing() throws IOException {
    List<String> numbered =
        rows().stream().map(Row::name).filter(name -> name.matches("[CHST]\\d+")).toList();
    assertEquals(STATEMENTS, numbered);
  }
}
