package io.tophash.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.crash.CrashHook;
import io.tophash.core.format.HeaderLayout;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup of a {@code HashStore} is its durable save: whole on the device before it is named. */
@Tag("hook")
@Tag("crash")
class DurableSaveTest {
  @TempDir Path dir;

  private static HashStoreBuilder<String, String> builder() {
    return HashStore.builder(Codecs.utf8(), Codecs.utf8()).windowBytes(1 << 20);
  }

  @Test
  void aBackupIsForcedThenNamedAndThenItsNameIsForced() {
    List<String> points = new ArrayList<>();
    try (HashStore<String, String> store = builder().open(dir.resolve("a.tph"))) {
      store.put("k", "v");
      CrashHook.trace(
          new CrashHook.Tracer() {
            @Override
            public void reached(String point) {
              if (point.startsWith("copy.") || point.startsWith("directory.")) {
                points.add(point);
              }
            }

            @Override
            public void storing(long position, int length, boolean release) {}

            @Override
            public void fence() {}
          });
      store.backup(dir.resolve("b.tph"));
    } finally {
      CrashHook.trace(null);
    }
    assertEquals(
        List.of("copy.forced", "copy.complete", "copy.published", "directory.forced"), points);
  }

  @Test
  void afterARestartOfTheMachineItIsOpenedWithoutALook() throws IOException {
    Path copy = dir.resolve("b.tph");
    List<Long> verified = new ArrayList<>();
    try (HashStore<String, String> store = builder().open(dir.resolve("a.tph"))) {
      for (int i = 0; i < 1_000; i++) {
        store.put("key-" + i, "value of " + i);
      }
      store.backup(copy);
      store.clear();
    }
    try (RandomAccessFile out = new RandomAccessFile(copy.toFile(), "rw")) {
      out.seek(HeaderLayout.BOOT_ID);
      out.write(new byte[] {1, 2, 3, 4});
    }
    try (HashStore<String, String> store =
        builder().verifyProgress((done, total) -> verified.add(done)).open(copy)) {
      assertEquals(1_000, store.sizeLong());
      assertEquals("value of 7", store.get("key-7"));
      assertTrue(store.verify().isClean());
    }
    assertEquals(List.of(), verified);
  }
}
