package io.tophash.core.alloc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.errors.StoreFullException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.StoreFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the written part of a file grows and shrinks. */
@Tag("fast")
@Tag("contract")
class WrittenEndTest {
  private static final int MIB = 1 << 20;

  @TempDir Path directory;
  private Path path;

  @BeforeEach
  void setPath() {
    path = directory.resolve("a.tph");
  }

  private StoreFile openNew(long maxBytes) {
    StoreFile file = StoreFile.open(path, false, maxBytes);
    file.publish();
    return file;
  }

  @Test
  void theFileGrowsByZerosThroughSeveralWindows() throws IOException {
    try (StoreFile file = openNew(8 * MIB)) {
      MappedMemory memory = file.map(20);
      WrittenEnd end = new WrittenEnd(file, 0);
      for (int length = 100_000; length <= 4_900_000; length += 300_000) {
        end.ensure(length);
        assertEquals(length, end.bytes());
        assertTrue(file.length() >= length);
        assertEquals((length - 1) / MIB + 1, memory.windowCount());
        assertEquals(0, memory.getByte(length - 1, 0));
        memory.putByte(length - 1, 0, (byte) 7);
      }
      end.ensure(100); // never shorter
      assertEquals(4_900_000, end.bytes());
      file.force();
    }
    byte[] expected = new byte[4_900_000];
    for (int length = 100_000; length <= expected.length; length += 300_000) {
      expected[length - 1] = 7;
    }
    assertArrayEquals(expected, Arrays.copyOf(Files.readAllBytes(path), expected.length));
  }

  @Test
  void theSpaceOfTheFileIsReallyWritten() throws IOException {
    // A sparse file takes less of the disk than it is long: a full disk would show on first touch.
    Path written = directory.resolve("written");
    Files.write(written, new byte[3 * MIB]);
    try (StoreFile file = openNew(8 * MIB)) {
      file.map(20);
      new WrittenEnd(file, 0).ensure(3 * MIB);
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
      WrittenEnd end = new WrittenEnd(file, 0);
      end.ensure(3 * MIB);
      byte[] ones = new byte[MIB];
      Arrays.fill(ones, (byte) -1);
      for (int window = 0; window < 3; window++) {
        memory.putBytes((long) window * MIB, ones, 0, MIB);
      }
      end.cut(4 * MIB); // never longer
      assertEquals(3 * MIB, end.bytes());
      end.cut(MIB + 100);
      assertEquals(MIB + 100, end.bytes());
      assertEquals(MIB + 100, file.length());
      end.ensure(3 * MIB);
      assertEquals(3 * MIB, end.bytes());
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
  void growStepWritesAheadInSmallPieces() {
    try (StoreFile file = openNew(8 * MIB)) {
      MappedMemory memory = file.map(20);
      WrittenEnd end = new WrittenEnd(file, 0);
      end.ensure(1000);
      int steps = 1;
      while (!end.growStep(MIB + 5)) {
        assertTrue(end.bytes() <= MIB + 5);
        steps++;
      }
      assertEquals(MIB + 5, end.bytes());
      assertTrue(steps >= 16, "each step is bounded, steps=" + steps);
      assertEquals(1, memory.windowCount()); // ensure() maps what was written
      assertTrue(end.growStep(10));
      end.ensure(MIB + 5);
      assertEquals(2, memory.windowCount());
      assertEquals(0, memory.getInt(MIB, 1));
    }
  }

  @Test
  void theSizeLimitStopsGrowthAndChangesNothing() throws IOException {
    try (StoreFile file = openNew(MIB + 10)) {
      MappedMemory memory = file.map(20);
      WrittenEnd end = new WrittenEnd(file, 0);
      end.ensure(MIB);
      memory.putLong(MIB - 8, 0, 77);
      StoreFullException e = assertThrows(StoreFullException.class, () -> end.ensure(MIB + 11));
      assertTrue(e.getMessage().contains("maxBytes=" + (MIB + 10)), e.getMessage());
      assertThrows(StoreFullException.class, () -> end.growStep(2 * MIB));
      assertEquals(MIB, end.bytes());
      assertEquals(MIB, Files.size(path));
      assertEquals(1, memory.windowCount());
      assertEquals(77, memory.getLong(MIB - 8, 0));
      end.ensure(MIB + 10); // the limit itself is allowed
      assertEquals(MIB + 10, Files.size(path));
      assertEquals(2, memory.windowCount());
    }
  }
}
