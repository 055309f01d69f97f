package io.tophash.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The tests of all modules are organised as docs/tests.md says: each class says by its tag what
 * kind of promise it is about, and lies where the code lies that it tests.
 */
@Tag("contract")
class TestArchitectureTest {
  /** What a test class is about. */
  private static final Set<String> KINDS = Set.of("contract", "crash", "race", "fault");

  /** How it is run, besides. */
  private static final Set<String> WAYS = Set.of("fast", "hook", "lincheck", "full");

  /** Packages of tests about no package of the main code. */
  private static final Set<String> OF_TESTS = Set.of("crash", "race", "fault", "testing", "broken");

  private static final Pattern TAG =
      Pattern.compile("^ *@Tag\\(\"([^\"]*)\"\\)", Pattern.MULTILINE);
  private static final Pattern CLASS_TAG =
      Pattern.compile("^@Tag\\(\"([^\"]*)\"\\)", Pattern.MULTILINE);

  private static List<String> modules() throws IOException {
    try (Stream<Path> folders = Files.list(Path.of(".."))) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("pom.xml")))
          .filter(folder -> Files.isDirectory(folder.resolve("src/test/java")))
          .map(folder -> folder.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  private static List<Path> sources(String module) {
    try (Stream<Path> files = Files.walk(Path.of("..", module, "src/test/java"))) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path source) {
    try {
      return Files.readString(source);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Set<String> tags(Pattern pattern, Path source) {
    Matcher matcher = pattern.matcher(text(source));
    Set<String> tags = new TreeSet<>();
    while (matcher.find()) {
      tags.add(matcher.group(1));
    }
    return tags;
  }

  /** What surefire runs by its name. */
  private static boolean isTestClass(Path source) {
    String name = source.getFileName().toString().replace(".java", "");
    return name.endsWith("Test") && !text(source).contains("abstract class " + name);
  }

  @Test
  void allModulesAreLookedAt() throws IOException {
    assertTrue(
        modules().containsAll(List.of("store-bench", "store-cli", "store-core", "store-sync")));
  }

  @ParameterizedTest
  @MethodSource("modules")
  void eachTestClassSaysWhatKindOfPromiseItIsAbout(String module) {
    for (Path source : sources(module)) {
      if (isTestClass(source)) {
        Set<String> kinds = tags(CLASS_TAG, source);
        kinds.retainAll(KINDS);
        assertFalse(
            kinds.isEmpty(), () -> source + " needs a tag before its class, one of " + KINDS);
      }
      Set<String> unknown = tags(TAG, source);
      unknown.removeAll(KINDS);
      unknown.removeAll(WAYS);
      assertEquals(Set.of(), unknown, () -> source + " has a tag that nothing runs by");
    }
  }

  @ParameterizedTest
  @MethodSource("modules")
  void eachTestClassLiesWhereItsCodeLies(String module) {
    Path main = Path.of("..", module, "src/main/java");
    Path test = Path.of("..", module, "src/test/java");
    Set<Path> homeless =
        sources(module).stream()
            .map(source -> test.relativize(source.getParent()))
            .filter(folder -> !Files.isDirectory(main.resolve(folder)))
            .filter(folder -> OF_TESTS.stream().noneMatch(name -> contains(folder, name)))
            .collect(Collectors.toSet());
    assertEquals(Set.of(), homeless, "packages of tests without one of the main code");
  }

  private static boolean contains(Path folder, String name) {
    for (Path part : folder) {
      if (part.toString().equals(name)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void eachKindHasTests() throws IOException {
    Set<String> found = new TreeSet<>();
    for (String module : modules()) {
      sources(module).forEach(source -> found.addAll(tags(CLASS_TAG, source)));
    }
    assertTrue(found.containsAll(KINDS), found::toString);
  }
}
