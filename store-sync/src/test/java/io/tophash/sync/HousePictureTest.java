package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** docs/architecture.md is true: its layers, and the classes that it names. */
@Tag("contract")
class HousePictureTest {
  private static final Path PAGE = Path.of("..", "docs", "architecture.md");
  private static final Path SOURCES = Path.of("src", "main", "java", "io", "tophash", "sync");
  private static final Pattern CLASS = Pattern.compile("\\b[A-Z][a-z]\\w+");

  /** A line of the picture: the packages whose classes it names, in their order. */
  private record Line(List<String> packages, Set<String> classes) {}

  private static List<Line> lines(String page) {
    int start = page.indexOf("```", page.indexOf("## Layers of a SyncStore")) + 3;
    List<Line> lines = new ArrayList<>();
    List<String> packages = List.of();
    for (String text : page.substring(start, page.indexOf("```", start)).split("\n")) {
      if (text.startsWith("  ") && text.length() > 2 && !text.startsWith("   ")) {
        packages =
            Stream.of(text.trim().split("\\s+"))
                .takeWhile(ArchitectureTest.MAY_USE::containsKey)
                .collect(Collectors.toList());
      }
      if (!packages.isEmpty()) {
        lines.add(new Line(packages, classesIn(text)));
      }
    }
    return lines;
  }

  private static Set<String> classesIn(String text) {
    Set<String> classes = new TreeSet<>();
    Matcher matcher = CLASS.matcher(text);
    while (matcher.find()) {
      classes.add(matcher.group());
    }
    return classes;
  }

  /** What is wrong with a picture: packages that use one above them, or are not in it. */
  private static Set<String> faults(List<Line> lines) {
    Set<String> faults = new TreeSet<>();
    Set<String> above = new HashSet<>();
    for (Line line : lines) {
      for (String name : line.packages()) {
        above.add(name);
        for (String used : ArchitectureTest.MAY_USE.get(name).own()) {
          if (above.contains(used)) {
            faults.add(name + " uses " + used + ", which stands above it or beside it");
          }
        }
      }
    }
    for (String name : ArchitectureTest.MAY_USE.keySet()) {
      if (!above.contains(name)) {
        faults.add(name + " is missing");
      }
    }
    return faults;
  }

  @Test
  void packagesUseWhatStandsBelow() throws IOException {
    assertEquals(Set.of(), faults(lines(Files.readString(PAGE))));
  }

  @Test
  void aPictureThatIsUpsideDownIsFound() throws IOException {
    List<Line> lines = lines(Files.readString(PAGE));
    List<Line> turned = new ArrayList<>(lines);
    Collections.reverse(turned);
    assertFalse(faults(turned).isEmpty());
  }

  @Test
  void theClassesOfThePictureAreInTheirPackages() throws IOException {
    for (Line line : lines(Files.readString(PAGE))) {
      for (String name : line.classes()) {
        assertTrue(
            line.packages().stream()
                .anyMatch(room -> Files.exists(SOURCES.resolve(room).resolve(name + ".java"))),
            () -> name + " is not in " + line.packages());
      }
    }
  }

  @Test
  void theRowsOfClassesSayHowManyTheyAre() throws IOException {
    Set<String> sources = new HashSet<>();
    for (String module : List.of("store-core", "store-sync")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
        files.forEach(file -> sources.add(file.getFileName().toString()));
      }
    }
    Matcher row =
        Pattern.compile("^\\| .* \\((\\d+)\\) \\| (.*) \\|$", Pattern.MULTILINE)
            .matcher(Files.readString(PAGE));
    int rows = 0;
    while (row.find()) {
      rows++;
      Set<String> classes = classesIn(row.group(2));
      if (!row.group(2).startsWith("these")) {
        assertEquals(Integer.parseInt(row.group(1)), classes.size(), row.group());
      }
      for (String name : classes) {
        assertTrue(sources.contains(name + ".java"), () -> "no such class: " + name);
      }
    }
    assertTrue(rows >= 6, "rows=" + rows);
  }
}
