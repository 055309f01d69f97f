package io.tophash.core.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.errors.StoreFullException;
import io.tophash.core.errors.StoreLockedException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the file of a store comes to be, grows, shrinks and is mapped. */
@Tag("fast")
class StoreFileTest {
  private static final int MIB = 1 << 20;

  @TempDir Path directory;
  private Path path;

  @BeforeEach
  void setPath() {
    path = directory.resolve("a.tph");
  }

  private StoreFile openNew(long maxBytes) {
    return StoreFile.open(path, false, maxBytes);
  }

  @Test
  void aNewStoreHasItsNameOnlyOncePublished() {
    try (StoreFile file = openNew(MIB)) {
      assertTrue(file.isNew());
      assertEquals(0, file.length());
      assertEquals(0, file.readHead(100).length);
      file.map(20);
      file.ensureLength(4096);
      assertFalse(Files.exists(path));
      file.publish();
      assertFalse(file.isNew());
      assertTrue(Files.exists(path));
    }
    assertTrue(Files.exists(path));
    assertFalse(Files.exists(directory.resolve("a.tph.new")));
  }

  @Test
  void aStoreThatWasNeverPublishedLeavesNothing() {
    try (StoreFile file = openNew(MIB)) {
      file.map(20);
      file.ensureLength(4096);
    }
    assertFalse(Files.exists(path));
    assertFalse(Files.exists(directory.resolve("a.tph.new")));
  }

  @Test
  void theRestOfAKilledCreationIsReplaced() throws IOException {
    Files.write(directory.resolve("a.tph.new"), new byte[] {1, 2, 3});
    try (StoreFile file = openNew(MIB)) {
      assertEquals(0, file.length());
      file.map(20);
      file.ensureLength(8);
      file.publish();
    }
    assertArrayEquals(new byte[8], Files.readAllBytes(path));
  }

  @Test
  void anEmptyFileBecomesANewStore() throws IOException {
    Files.createFile(path);
    try (StoreFile file = openNew(MIB)) {
      assertTrue(file.isNew());
      file.map(20);
      file.ensureLength(16);
      file.publish();
    }
    assertEquals(16, Files.size(path));
  }

  @Test
  void theHeadIsReadWithoutAMapping() throws IOException {
    Files.write(path, new byte[] {1, 2, 3, 4, 5});
    try (StoreFile file = openNew(MIB)) {
      assertFalse(file.isNew());
      assertArrayEquals(new byte[] {1, 2, 3}, file.readHead(3));
      assertArrayEquals(new byte[] {1, 2, 3, 4, 5}, file.readHead(100));
    }
  }

  @Test
  void theFileGrowsByZerosThroughSeveralWindows() throws IOException {
    try (StoreFile file = openNew(8 * MIB)) {
      MappedMemory memory = file.map(20);
      for (int length = 100_000; length <= 4_900_000; length += 300_000) {
        file.ensureLength(length);
        assertEquals(length, file.length());
        assertEquals(length, Files.size(directory.resolve("a.tph.new")));
        assertEquals((length - 1) / MIB + 1, memory.windowCount());
        assertEquals(0, memory.getByte(length - 1, 0));
        memory.putByte(length - 1, 0, (byte) 7);
      }
      file.ensureLength(100); // never shorter
      assertEquals(4_900_000, file.length());
      file.publish();
      memory.force(file.length());
    }
    byte[] expected = new byte[4_900_000];
    for (int length = 100_000; length <= expected.length; length += 300_000) {
      expected[length - 1] = 7;
    }
    assertArrayEquals(expected, Files.readAllBytes(path));
  }

  @Test
  void theSpaceOfTheFileIsReallyWritten() throws IOException {
    // A sparse file takes less of the disk than it is long: a full disk would show on first touch.
    Path written = directory.resolve("written");
    Files.write(written, new byte[3 * MIB]);
    try (StoreFile file = openNew(8 * MIB)) {
      file.map(20);
      file.ensureLength(3 * MIB);
      file.publish();
      assertTrue(kibibytesOnDisk(path) >= kibibytesOnDisk(written));
    }
  }

  private static long kibibytesOnDisk(Path path) throws IOException {
    Process du = new ProcessBuilder("du", "-k", path.toString()).start();
    String answer = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return Long.parseLong(answer.split("\\s")[0]);
  }

  @Test
  void whatWasCutOffComesBackAsZeros() {
    try (StoreFile file = openNew(8 * MIB)) {
      MappedMemory memory = file.map(20);
      file.ensureLength(3 * MIB);
      byte[] ones = new byte[MIB];
      Arrays.fill(ones, (byte) -1);
      for (int window = 0; window < 3; window++) {
        memory.putBytes((long) window * MIB, ones, 0, MIB);
      }
      file.truncate(4 * MIB); // never longer
      assertEquals(3 * MIB, file.length());
      file.truncate(MIB + 100);
      assertEquals(MIB + 100, file.length());
      file.ensureLength(3 * MIB);
      assertEquals(3 * MIB, file.length());
      byte[] seen = new byte[MIB];
      memory.getBytes(0, seen, 0, MIB);
      assertArrayEquals(ones, seen);
      memory.getBytes(2 * MIB, seen, 0, MIB);
      assertArrayEquals(new byte[MIB], seen);
      assertEquals(-1, memory.getByte(MIB, 99));
      assertEquals(0, memory.getByte(MIB, 100));
      memory.putLong(2 * MIB, 0, 5); // the same mapping still leads to the file
      assertEquals(5, memory.getLong(2 * MIB, 0));
    }
  }

  @Test
  void growStepWritesAheadInSmallPieces() throws IOException {
    try (StoreFile file = openNew(8 * MIB)) {
      MappedMemory memory = file.map(20);
      file.ensureLength(1000);
      int steps = 1;
      while (!file.growStep(MIB + 5)) {
        assertTrue(file.length() <= MIB + 5);
        steps++;
      }
      assertEquals(MIB + 5, file.length());
      assertTrue(steps >= 16, "each step is bounded, steps=" + steps);
      assertEquals(1, memory.windowCount()); // ensureLength maps what was written
      assertTrue(file.growStep(10));
      file.ensureLength(MIB + 5);
      assertEquals(2, memory.windowCount());
      assertEquals(0, memory.getInt(MIB, 1));
    }
  }

  @Test
  void theSizeLimitStopsGrowthAndChangesNothing() throws IOException {
    try (StoreFile file = openNew(MIB + 10)) {
      MappedMemory memory = file.map(20);
      file.ensureLength(MIB);
      file.publish();
      memory.putLong(MIB - 8, 0, 77);
      StoreFullException e =
          assertThrows(StoreFullException.class, () -> file.ensureLength(MIB + 11));
      assertTrue(e.getMessage().contains("maxBytes=" + (MIB + 10)), e.getMessage());
      assertThrows(StoreFullException.class, () -> file.growStep(2 * MIB));
      assertEquals(MIB, file.length());
      assertEquals(MIB, Files.size(path));
      assertEquals(1, memory.windowCount());
      assertEquals(77, memory.getLong(MIB - 8, 0));
      file.ensureLength(MIB + 10); // the limit itself is allowed
      assertEquals(MIB + 10, Files.size(path));
      assertEquals(2, memory.windowCount());
    }
  }

  @Test
  void positionsPastFourGibibytesLeadToTheirPlaceInTheFile() throws IOException {
    long bytes = (5L << 30) + 4096;
    long position = (4L << 30) + 3L * MIB + 16;
    try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
      sparse.setLength(bytes);
    }
    try (StoreFile file = openNew(Long.MAX_VALUE)) {
      MappedMemory memory = file.map(20);
      assertEquals((5 << 10) + 1, memory.windowCount());
      memory.putLong(position, 8, 0x1234);
      memory.putBytes(bytes - 3, new byte[] {1, 2, 3}, 0, 3);
      memory.copy(position, 4L << 30, 80);
      assertEquals(0x1234, memory.getLong(4L << 30, 8));
      assertEquals(0, memory.getLong(3 * MIB + 16, 8)); // not the position modulo 2^32
      memory.force(bytes);
    }
    assertEquals(bytes, Files.size(path));
    try (RandomAccessFile raw = new RandomAccessFile(path.toFile(), "r")) {
      raw.seek(position + 8);
      assertEquals(0x1234, Long.reverseBytes(raw.readLong()));
      raw.seek(bytes - 3);
      assertEquals(0x010203, raw.read() << 16 | raw.read() << 8 | raw.read());
    }
  }

  @Test
  void mappingDoesNotMakeTheFileLonger() throws IOException {
    Files.write(path, new byte[12_345]);
    try (StoreFile file = openNew(MIB)) {
      file.map(24);
      assertEquals(12_345, file.length());
      assertEquals(12_345, Files.size(path));
      file.ensureLength(20_000);
      assertEquals(20_000, Files.size(path));
    }
    assertEquals(20_000, Files.size(path));
  }

  @Test
  void aReadOnlyOpenChangesNoByteOfTheStore() throws IOException {
    byte[] bytes = new byte[MIB + 777];
    Arrays.fill(bytes, (byte) 9);
    Files.write(path, bytes);
    try (StoreFile file = StoreFile.open(path, true, 2 * MIB)) {
      assertTrue(file.isReadOnly());
      assertFalse(file.isNew());
      MappedMemory memory = file.map(20);
      assertEquals(2, memory.windowCount());
      assertEquals(9, memory.getByte(MIB, 776));
      assertEquals(bytes.length, Files.size(path));
    }
    assertArrayEquals(bytes, Files.readAllBytes(path));
  }

  @Test
  void aSecondCloseDoesNothing() throws IOException {
    Files.write(path, new byte[100]);
    StoreFile first = StoreFile.open(path, true, MIB);
    StoreFile second = StoreFile.open(path, true, MIB);
    first.close();
    first.close();
    // The second reader still holds the lock that the two shared.
    assertThrows(StoreLockedException.class, () -> StoreFile.open(path, false, MIB).close());
    second.close();
    StoreFile.open(path, false, MIB).close();
  }
}
