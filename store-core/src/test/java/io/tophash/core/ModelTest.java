package io.tophash.core;

import io.tophash.core.hash.KeyHash;
import io.tophash.core.testing.Effort;
import io.tophash.core.testing.Kind;
import io.tophash.core.testing.Seeds;
import io.tophash.core.testing.TestHashes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of store under every kind of hash function against {@link java.util.HashMap}. */
@Tag("contract")
class ModelTest {
  @TempDir Path directory;

  static List<Arguments> combinations() {
    List<KeyHash.Factory> hashes =
        List.of(
            TestHashes.standard(),
            TestHashes.constant(),
            TestHashes.truncated(3, 0),
            TestHashes.truncated(0, 4),
            TestHashes.truncated(6, 3));
    List<Arguments> all = new ArrayList<>();
    int n = 0;
    for (Kind<?, ?> kind : Kind.all()) {
      for (KeyHash.Factory hash : hashes) {
        int smallest = Math.max(16, 33 - Integer.numberOfLeadingZeros(kind.largest()));
        int[] shifts = {smallest, Math.max(smallest, 20), 30};
        all.add(Arguments.of(kind, hash, shifts[n++ % 3]));
      }
    }
    return all;
  }

  @ParameterizedTest(name = "{0}, hash {1}, windows 2^{2}")
  @MethodSource("combinations")
  <K, V> void behavesAsAMap(Kind<K, V> kind, KeyHash.Factory hash, int windowShift) {
    int[] run = new int[1];
    Seeds.run(
        30,
        seed -> {
          Path path = directory.resolve("store" + run[0]++);
          try (ModelRun<K, V> model = new ModelRun<>(kind, path, hash, 1L << windowShift, seed)) {
            for (int i = 0; i < 12; i++) {
              model.phase(Effort.of(150, 400, 2_000));
            }
          }
        });
  }
}
