package io.tophash.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tophash.core.HashStore;
import io.tophash.core.codec.Codecs;
import io.tophash.core.crash.CrashHook;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A new store has its name on the storage device when the open returns. */
@Tag("hook")
@Tag("crash")
class PublishTest {
  @TempDir Path directory;

  @Test
  void theDirectoryOfANewStoreIsForcedAfterItsNameIsThere() {
    Path path = directory.resolve("a.tph");
    List<String> points = new ArrayList<>();
    CrashHook.trace(
        new CrashHook.Tracer() {
          @Override
          public void reached(String point) {
            if (point.equals("directory.forced") || point.startsWith("create.")) {
              points.add(point + " " + Files.exists(path));
            }
          }

          @Override
          public void storing(long position, int length, boolean release) {}

          @Override
          public void fence() {}
        });
    try {
      HashStore.builder(Codecs.int64(), Codecs.int64()).open(path).close();
    } finally {
      CrashHook.trace(null);
    }
    assertEquals(
        List.of("create.formatted false", "directory.forced true", "create.published true"),
        points);
  }
}
