package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.RecoveryReport;
import io.tophash.core.codec.Codecs;
import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.UnsettledStoreException;
import io.tophash.core.format.HeaderLayout;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first open after a stop of the machine: a file whose pages may be old verifies itself. */
class MachineStopTest {
  private static final int ENTRIES = 1_000;

  @TempDir Path dir;
  private Path file;
  private final List<Long> heard = new ArrayList<>();

  private SyncStoreBuilder<String, String> builder() {
    return SyncStore.builder(Codecs.utf8(), Codecs.utf8())
        .windowBytes(1 << 20)
        .verifyProgress((done, total) -> heard.add(100 * done / total));
  }

  @BeforeEach
  void makeAStore() {
    file = dir.resolve("a.tph");
    try (SyncStore<String, String> store = builder().open(file)) {
      for (int i = 0; i < ENTRIES; i++) {
        store.put("key-" + i, "value of " + i);
      }
    }
    assertEquals(List.of(), heard);
  }

  /** Makes the file one of an earlier run of the machine. */
  private void stopMachine(int unclean) throws IOException {
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.seek(HeaderLayout.UNCLEAN);
      out.write(unclean);
      out.seek(HeaderLayout.BOOT_ID);
      out.write(new byte[] {1, 2, 3, 4});
    }
  }

  @Test
  void aWholeStoreIsVerifiedOnceAndServes() throws IOException {
    for (int unclean : new int[] {1, 2}) {
      stopMachine(unclean);
      if (unclean == 1) {
        assertReadOnlyWaits();
      }
      heard.clear();
      try (SyncStore<String, String> store = builder().open(file)) {
        assertEquals(0, heard.get(0));
        assertEquals(100, heard.get(heard.size() - 1));
        assertEquals("value of 7", store.get("key-7"));
        assertEquals(ENTRIES, store.size());
      }
      heard.clear();
      builder().open(file).close();
      assertEquals(List.of(), heard);
    }
  }

  @Test
  void aStoreThatWasForcedAndClosedIsNotVerified() throws IOException {
    stopMachine(0);
    try (SyncStore<String, String> store = builder().open(file)) {
      assertEquals(List.of(), heard);
      assertEquals(ENTRIES, store.size());
    }
  }

  @Test
  void aDamagedStoreIsRefusedAndRecovered() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int at = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("value of 7");
    bytes[at] ^= 1;
    Files.write(file, bytes);
    stopMachine(1);
    String message =
        assertThrows(CorruptStoreException.class, () -> builder().open(file)).getMessage();
    assertTrue(message.contains("tophash recover"), message);
    assertTrue(message.contains("checksum"), message);
    RecoveryReport report = SyncStoreRecovery.recover(file, dir.resolve("b.tph"));
    assertEquals(ENTRIES - 1, report.kept());
    assertEquals(1, report.droppedCount());
  }

  private void assertReadOnlyWaits() {
    assertThrows(UnsettledStoreException.class, () -> builder().readOnly(true).open(file));
  }
}
