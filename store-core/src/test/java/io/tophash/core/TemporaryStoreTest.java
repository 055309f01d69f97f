package io.tophash.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.ChildJvm;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A temporary store that nobody closes: its JVM leaves no file behind. */
@Tag("contract")
class TemporaryStoreTest {
  @TempDir Path directory;

  @Test
  void aJvmThatEndsWithoutCloseLeavesNoFile() {
    try (ChildJvm child =
        ChildJvm.start(List.of("-Djava.io.tmpdir=" + directory), ForgetsToClose.class)) {
      child.assertSucceeds();
    }
    assertArrayEquals(new String[0], directory.toFile().list());
  }

  static final class ForgetsToClose {
    private ForgetsToClose() {}

    public static void main(String[] args) {
      HashStore.builder(Codecs.int64(), Codecs.int64()).openTemporary().put(1L, 2L);
    }
  }
}
