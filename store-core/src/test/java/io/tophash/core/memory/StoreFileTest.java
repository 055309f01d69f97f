package io.tophash.core.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.errors.StoreLockedException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the file of a store that one opener has alone comes to be and is mapped. */
@Tag("fast")
@Tag("contract")
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
      file.truncate(8);
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
    assertTrue(Files.size(path) >= 16);
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
