package io.tophash.jcache;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jsr107.tck.GetTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.runner.JUnitCore;
import org.junit.runner.Result;

/**
 * Runs the compatibility kit of JCache 1.1.1, but for its tests of annotations, which are for
 * containers. The number is compared, so that none is missing unnoticed.
 */
@EnabledIfSystemProperty(named = "tophash.suites", matches = "true")
@Tag("contract")
class CompatibilityKitTest {
  private static final int TESTS = 481;

  @Test
  void theCompatibilityKitPasses() throws IOException, ReflectiveOperationException {
    Result result = JUnitCore.runClasses(testClasses());
    assertEquals(List.of(), result.getFailures().stream().map(Object::toString).toList());
    assertEquals(0, result.getIgnoreCount());
    assertEquals(TESTS, result.getRunCount());
  }

  private static Class<?>[] testClasses() throws IOException, ReflectiveOperationException {
    String location = GetTest.class.getResource("GetTest.class").toString();
    URI kit = URI.create(location.substring(0, location.indexOf('!')));
    try (FileSystem jar = FileSystems.newFileSystem(kit, Map.of());
        Stream<Path> files = Files.walk(jar.getPath("/"))) {
      List<String> names =
          files
              .map(file -> file.toString().substring(1).replace('/', '.'))
              .filter(name -> name.matches(".*Test1?\\.class"))
              .filter(name -> !name.contains(".annotation."))
              .map(name -> name.substring(0, name.length() - ".class".length()))
              .sorted()
              .toList();
      Class<?>[] classes = new Class<?>[names.size()];
      for (int i = 0; i < classes.length; i++) {
        classes[i] = Class.forName(names.get(i));
      }
      return classes;
    }
  }
}
