package io.tophash.core;

import static io.tophash.core.testing.Stores.assertClean;
import static io.tophash.core.testing.Stores.assertSame;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that were written with format version 1 can be read and go on living. */
@Tag("fast")
@Tag("contract")
class GoldenFilesTest {
  private static final String GENERATE = System.getProperty("tophash.golden.generate");

  @TempDir Path directory;

  @BeforeAll
  static void generateIfAsked(@TempDir Path scratch) throws IOException {
    if (GENERATE != null) {
      for (GoldenFiles<?, ?> golden : GoldenFiles.all()) {
        golden.generate(Path.of(GENERATE), scratch);
      }
    }
  }

  static List<GoldenFiles<?, ?>> files() {
    return GoldenFiles.all();
  }

  @ParameterizedTest
  @MethodSource("files")
  <K, V> void areReadAndWritten(GoldenFiles<K, V> golden) throws IOException {
    Path path = directory.resolve("store");
    golden.copyTo(path);
    Map<K, V> content = golden.content();
    try (HashStore<K, V> store = golden.open(path, true)) {
      assertClean(store);
      assertSame(content, store);
    }
    try (HashStore<K, V> store = golden.open(path, false)) {
      assertClean(store);
      assertSame(content, store);
      for (int i = 0; i < golden.count(); i += 2) {
        assertEquals(content.remove(golden.key().apply(i)), store.remove(golden.key().apply(i)));
      }
      for (int i = golden.count(); i < 3 * golden.count(); i++) {
        store.put(golden.key().apply(i), golden.value().apply(i % 10));
        content.put(golden.key().apply(i), golden.value().apply(i % 10));
      }
      assertSame(content, store);
      assertClean(store);
    }
  }

  @Test
  void oneOfThemIsGrowing() throws IOException {
    Path path = directory.resolve("store");
    GoldenFiles<?, ?> golden = GoldenFiles.all().get(0);
    golden.copyTo(path);
    try (HashStore<?, ?> store = golden.open(path, true)) {
      assertTrue(store.stats().growing());
    }
  }
}
