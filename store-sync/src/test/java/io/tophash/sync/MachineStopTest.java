package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.SalvageReport;
import io.tophash.core.codec.Codecs;
import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.UnsettledStoreException;
import io.tophash.core.format.HeaderLayout;
import io.tophash.sync.format.RootLayout;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first open of a {@code SyncStore} after the machine was started anew. */
@Tag("fault")
class MachineStopTest {
  private static final int ENTRIES = 1_000;

  @TempDir Path dir;

  private SyncStore<String, String> open(Path path, boolean readOnly) {
    return SyncStore.builder(Codecs.utf8(), Codecs.utf8())
        .windowBytes(1 << 20)
        .readOnly(readOnly)
        .open(path);
  }

  private SyncStore<String, String> open(Path path) {
    return open(path, false);
  }

  private static void fill(SyncStore<String, String> store, String value) {
    for (int i = 0; i < ENTRIES; i++) {
      store.put("key-" + i, value + i);
    }
  }

  /** What stands in the file now, as the machine finds it on its next run. */
  private Path afterReboot(Path file) throws IOException {
    Path copy = dir.resolve("rebooted-" + System.nanoTime() + ".tph");
    Files.copy(file, copy);
    try (RandomAccessFile out = new RandomAccessFile(copy.toFile(), "rw")) {
      out.seek(HeaderLayout.BOOT_ID);
      out.write(new byte[] {1, 2, 3, 4});
    }
    return copy;
  }

  @Test
  void aClosedStoreIsAllThereAndNotVerified() throws IOException {
    Path file = dir.resolve("a.tph");
    try (SyncStore<String, String> store = open(file)) {
      fill(store, "value of ");
    }
    Path rebooted = afterReboot(file);
    try (SyncStore<String, String> store = open(rebooted, true)) {
      assertEquals(ENTRIES, store.sizeLong());
    }
    try (SyncStore<String, String> store = open(rebooted)) {
      assertEquals("value of 7", store.get("key-7"));
      assertEquals(ENTRIES, store.sizeLong());
      store.put("key-7", "another");
    }
    try (SyncStore<String, String> store = open(afterReboot(rebooted))) {
      assertEquals("another", store.get("key-7"));
    }
  }

  @Test
  void anOpenStoreIsAsItWasAtItsLastForce() throws IOException {
    Path file = dir.resolve("a.tph");
    try (SyncStore<String, String> store = open(file)) {
      fill(store, "value of ");
      Map<String, String> forced = new HashMap<>(store);
      store.force();
      for (int i = 0; i < ENTRIES; i += 3) {
        store.put("key-" + i, "later");
        store.remove("key-" + (i + 1));
      }
      store.put("large", "x".repeat(250_000));
      for (int times = 0; times < 2; times++) {
        Path rebooted = afterReboot(file);
        assertThrows(UnsettledStoreException.class, () -> open(rebooted, true));
        try (SyncStore<String, String> other = open(rebooted)) {
          assertEquals(forced, new HashMap<>(other));
          assertEquals(ENTRIES, other.sizeLong());
          assertTrue(other.verify().isClean(), () -> other.verify().toString());
          fill(other, "again ");
          other.force();
        }
        // The last one, which the next is read from, is not forced either.
        store.put("key-" + times, "later still");
      }
      forced = new HashMap<>(store);
      store.force();
      store.clear();
      try (SyncStore<String, String> other = open(afterReboot(file))) {
        assertEquals(forced, new HashMap<>(other));
      }
    }
  }

  @Test
  void aStoreThatWasNeverForcedIsEmpty() throws IOException {
    Path file = dir.resolve("a.tph");
    try (SyncStore<String, String> store = open(file)) {
      fill(store, "value of ");
      try (SyncStore<String, String> other = open(afterReboot(file))) {
        assertEquals(0, other.sizeLong());
        assertTrue(other.verify().isClean(), () -> other.verify().toString());
        fill(other, "new ");
        assertEquals("new 7", other.get("key-7"));
      }
    }
  }

  @Test
  void aStoreWithoutAWholeRootIsRefusedAndCanBeSalvaged() throws IOException {
    Path file = dir.resolve("a.tph");
    try (SyncStore<String, String> store = open(file)) {
      fill(store, "value of ");
      store.force();
      store.put("key-1", "later");
      Path rebooted = afterReboot(file);
      try (RandomAccessFile out = new RandomAccessFile(rebooted.toFile(), "rw")) {
        out.seek(RootLayout.slot(0));
        out.write(new byte[2 * RootLayout.SLOT_BYTES]);
      }
      String message = assertThrows(CorruptStoreException.class, () -> open(rebooted)).getMessage();
      assertTrue(message.contains("tophash recover"), message);
      SalvageReport report = SyncStoreSalvage.run(rebooted, dir.resolve("b.tph"));
      assertEquals(ENTRIES, report.kept());
    }
  }

  @Test
  void aDamagedCopyOfARootDoesNotMatter() throws IOException {
    Path file = dir.resolve("a.tph");
    try (SyncStore<String, String> store = open(file)) {
      fill(store, "value of ");
      store.force();
      Path rebooted = afterReboot(file);
      try (RandomAccessFile out = new RandomAccessFile(rebooted.toFile(), "rw")) {
        for (int slot = 0; slot < 2; slot++) {
          out.seek(RootLayout.slot(slot) + 700);
          out.write(77);
        }
      }
      try (SyncStore<String, String> other = open(rebooted)) {
        assertEquals(ENTRIES, other.sizeLong());
      }
    }
  }
}
