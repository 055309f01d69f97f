package io.tophash.core.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.SalvageReport;
import io.tophash.core.VerifyProgress;
import io.tophash.core.errors.CorruptStoreException;
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
public abstract class MachineStopCases {
  private static final int ENTRIES = 1_000;

  @TempDir Path dir;
  private Path file;
  private final List<Long> heard = new ArrayList<>();

  /** Opens a store in small windows. */
  protected abstract Opened<String, String> open(
      Path path, boolean readOnly, VerifyProgress progress);

  /** Recovers a damaged store. */
  protected abstract SalvageReport recover(Path damaged, Path target);

  /** What a read-only opener of a store that was open when the machine stopped meets. */
  protected abstract void assertReadOnly(Opening opening);

  /** An attempt to open. */
  @FunctionalInterface
  protected interface Opening {
    void run();
  }

  private Opened<String, String> open() {
    return open(file, false, (done, total) -> heard.add(100 * done / total));
  }

  @BeforeEach
  void makeAStore() {
    file = dir.resolve("a.tph");
    try (Opened<String, String> store = open()) {
      for (int i = 0; i < ENTRIES; i++) {
        store.map().put("key-" + i, "value of " + i);
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
        assertReadOnly(() -> open(file, true, VerifyProgress.NONE).close());
      }
      heard.clear();
      try (Opened<String, String> store = open()) {
        assertEquals(0, heard.get(0));
        assertEquals(100, heard.get(heard.size() - 1));
        assertEquals("value of 7", store.map().get("key-7"));
        assertEquals(ENTRIES, store.store().sizeLong());
      }
      heard.clear();
      open().close();
      assertEquals(List.of(), heard);
    }
  }

  @Test
  void aStoreThatWasForcedAndClosedIsNotVerified() throws IOException {
    stopMachine(0);
    try (Opened<String, String> store = open()) {
      assertEquals(List.of(), heard);
      assertEquals(ENTRIES, store.store().sizeLong());
    }
  }

  @Test
  void aDamagedStoreIsRefusedAndRecovered() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int at = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("value of 7");
    bytes[at] ^= 1;
    Files.write(file, bytes);
    stopMachine(1);
    String message = assertThrows(CorruptStoreException.class, this::open).getMessage();
    assertTrue(message.contains("tophash recover"), message);
    assertTrue(message.contains("checksum"), message);
    SalvageReport report = recover(file, dir.resolve("b.tph"));
    assertEquals(ENTRIES - 1, report.kept());
    assertEquals(1, report.droppedCount());
  }
}
