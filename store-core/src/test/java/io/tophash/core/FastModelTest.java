package io.tophash.core;

import io.tophash.core.testing.Kind;
import io.tophash.core.testing.Seeds;
import io.tophash.core.testing.TestHashes;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A light form of {@link ModelTest} that runs in the fast memory mode as well. */
@Tag("fast")
@Tag("contract")
class FastModelTest {
  @TempDir Path directory;

  static List<Kind<?, ?>> kinds() {
    return Kind.all();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  <K, V> void behavesAsAMap(Kind<K, V> kind) {
    Path path = directory.resolve("store");
    Seeds.run(
        1,
        seed -> {
          try (ModelRun<K, V> model =
              new ModelRun<>(kind, path, TestHashes.truncated(5, 5), 1L << 22, seed)) {
            for (int i = 0; i < 5; i++) {
              model.phase(300);
            }
          }
        });
  }
}
