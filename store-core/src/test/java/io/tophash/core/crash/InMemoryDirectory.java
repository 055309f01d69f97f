package io.tophash.core.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/** Makes temporary directories in memory where the system has a place for that. */
public final class InMemoryDirectory implements TempDirFactory {
  private static final Path MEMORY = Path.of("/dev/shm");

  public InMemoryDirectory() {}

  @Override
  public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context)
      throws IOException {
    return Files.isWritable(MEMORY)
        ? Files.createTempDirectory(MEMORY, "tophash-crash")
        : Files.createTempDirectory("tophash-crash");
  }
}
