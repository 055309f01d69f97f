package io.tophash.core.fault;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files of format version 1, with checksums that are bound to keys, can be read and go on living.
 * To make them anew, when the format changes: {@code mvn -pl store-core test -Dtest=HashGoldenTest
 * -Dtophash.golden.make=src/test/resources}.
 */
@Tag("fast")
@Tag("contract")
class HashGoldenTest {
  private static final Golden GOLDEN = new Golden(HashGolden.class, "v1-hash");

  @TempDir Path directory;

  @BeforeAll
  static void makeIfAsked(@TempDir Path scratch) throws IOException {
    String resources = System.getProperty("tophash.golden.make");
    if (resources != null) {
      GOLDEN.generate(Path.of(resources), scratch);
    }
  }

  static List<String> names() throws IOException {
    return GOLDEN.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void isReadAndWritten(String name) throws IOException, ReflectiveOperationException {
    GOLDEN.check(name, directory.resolve("store"));
  }
}
