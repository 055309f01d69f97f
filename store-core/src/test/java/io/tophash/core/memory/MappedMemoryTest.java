package io.tophash.core.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every access, in whichever memory mode this JVM has, against the bytes of the file. */
@Tag("fast")
@Tag("contract")
class MappedMemoryTest {
  private static final int WINDOW = 1 << 16;
  private static final int BYTES = 4 * WINDOW;

  @TempDir Path directory;
  private Path path;
  private StoreFile file;
  private MappedMemory memory;

  @BeforeEach
  void open() {
    path = directory.resolve("a.tph");
    file = StoreFile.open(path, false, BYTES);
    memory = file.map(16);
    file.ensureLength(BYTES);
    file.ensureMapped(BYTES);
    file.publish();
  }

  @AfterEach
  void close() {
    file.close();
  }

  private ByteBuffer bytesOfFile() throws IOException {
    memory.force(BYTES);
    return ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private byte[] read(long position, int length) {
    byte[] bytes = new byte[length];
    memory.getBytes(position, bytes, 0, length);
    return bytes;
  }

  private static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  void theModeIsTheOneThatTheTestRunAsksFor() {
    boolean fast = "fast".equals(System.getProperty(MemoryMode.PROPERTY));
    assertEquals(fast ? MemoryMode.FAST : MemoryMode.DEFAULT, MemoryMode.current());
  }

  @Test
  void theMappingCoversTheFileInWindows() {
    assertEquals(WINDOW, memory.windowBytes());
    assertEquals(4, memory.windowCount());
    assertEquals(BYTES, memory.mappedBytes());
  }

  @Test
  void whatIsWrittenStandsInTheFileInLittleEndianOrder() throws IOException {
    long base = WINDOW - 64; // its offsets stay in the first window
    memory.putLong(base, 0, 0x0102_0304_0506_0708L);
    memory.putInt(base, 8, 0x1112_1314);
    memory.putByte(base, 12, (byte) 0x21);
    memory.putLong(base, 13, 0x3132_3334_3536_3738L); // not aligned
    memory.putInt(base, 21, 0x4142_4344);
    memory.putLongRelease(base, 32, 0x5152_5354_5556_5758L);
    memory.putIntRelease(base, 40, 0x6162_6364);
    memory.putLong(base, 56, -2); // the last bytes of the window
    ByteBuffer bytes = bytesOfFile();
    int at = (int) base;
    assertEquals(0x0102_0304_0506_0708L, bytes.getLong(at));
    assertEquals(0x08, bytes.get(at));
    assertEquals(0x1112_1314, bytes.getInt(at + 8));
    assertEquals(0x21, bytes.get(at + 12));
    assertEquals(0x3132_3334_3536_3738L, bytes.getLong(at + 13));
    assertEquals(0x4142_4344, bytes.getInt(at + 21));
    assertEquals(0x5152_5354_5556_5758L, bytes.getLong(at + 32));
    assertEquals(0x6162_6364, bytes.getInt(at + 40));
    assertEquals(-2, bytes.getLong(at + 56));
    // Nothing else changed, on either side and in between.
    bytes.putLong(at, 0).putInt(at + 8, 0).put(at + 12, (byte) 0);
    bytes.putLong(at + 13, 0).putInt(at + 21, 0).putLong(at + 32, 0);
    bytes.putInt(at + 40, 0).putLong(at + 56, 0);
    assertArrayEquals(new byte[BYTES], bytes.array());
  }

  @Test
  void whatStandsInTheFileIsRead() {
    byte[] bytes = random(BYTES, 1);
    for (int window = 0; window < 4; window++) {
      memory.putBytes((long) window * WINDOW, bytes, window * WINDOW, WINDOW);
    }
    ByteBuffer expected = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    Random random = new Random(2);
    for (int i = 0; i < 20_000; i++) {
      int window = random.nextInt(4) * WINDOW;
      int inWindow = random.nextInt(WINDOW - 8 + 1);
      int offset = random.nextInt(inWindow + 1);
      long base = window + inWindow - offset;
      assertEquals(expected.getLong(window + inWindow), memory.getLong(base, offset));
      assertEquals(expected.getInt(window + inWindow), memory.getInt(base, offset));
      assertEquals(expected.get(window + inWindow), memory.getByte(base, offset));
    }
  }

  @Test
  void orderedAccessesReadAndWriteTheSameBytes() throws IOException {
    long base = 2L * WINDOW - 64;
    memory.putLongVolatile(base, 0, 5);
    assertEquals(5, memory.getLongVolatile(base, 0));
    assertEquals(5, memory.getLongAcquire(base, 0));
    assertFalse(memory.compareAndSetLong(base, 0, 4, 9));
    assertTrue(memory.compareAndSetLong(base, 0, 5, Long.MIN_VALUE + 1));
    assertEquals(Long.MIN_VALUE + 1, memory.getAndAddLong(base, 0, 6));
    memory.putInt(base, 60, 7); // the last bytes of the window
    assertEquals(7, memory.getIntVolatile(base, 60));
    assertEquals(7, memory.getIntAcquire(base, 60));
    assertFalse(memory.compareAndSetInt(base, 60, 8, 9));
    assertTrue(memory.compareAndSetInt(base, 60, 7, -7));
    assertEquals(-7, memory.getAndAddInt(base, 60, 2));
    MappedMemory.acquireFence();
    MappedMemory.fullFence();
    ByteBuffer bytes = bytesOfFile();
    assertEquals(Long.MIN_VALUE + 7, bytes.getLong((int) base));
    assertEquals(-5, bytes.getInt((int) base + 60));
    bytes.putLong((int) base, 0).putInt((int) base + 60, 0);
    assertArrayEquals(new byte[BYTES], bytes.array());
  }

  @Test
  void additionsOfSeveralThreadsAreNotLost() throws InterruptedException {
    Thread[] threads = new Thread[4];
    for (int t = 0; t < threads.length; t++) {
      threads[t] =
          new Thread(
              () -> {
                for (int i = 0; i < 20_000; i++) {
                  memory.getAndAddLong(WINDOW, 0, 3);
                  memory.getAndAddInt(WINDOW, 8, 1);
                  long seen;
                  do {
                    seen = memory.getLongVolatile(WINDOW, 16);
                  } while (!memory.compareAndSetLong(WINDOW, 16, seen, seen + 1));
                }
              });
      threads[t].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(240_000, memory.getLong(WINDOW, 0));
    assertEquals(80_000, memory.getInt(WINDOW, 8));
    assertEquals(80_000, memory.getLong(WINDOW, 16));
  }

  @Test
  void aSliceIsTheCallersOwn() {
    memory.putLong(WINDOW + 8, 0, 0x0102_0304_0506_0708L);
    ByteBuffer slice = memory.slice(WINDOW + 8, 8);
    memory.readView(WINDOW, 4);
    assertEquals(0, slice.position());
    assertEquals(8, slice.remaining());
    assertTrue(slice.isReadOnly());
    assertEquals(0x0102_0304_0506_0708L, slice.getLong());
    assertThrows(IndexOutOfBoundsException.class, () -> memory.slice(WINDOW + 8, WINDOW));
  }

  @Test
  void bytesAreCopiedFromAndToAnyPlaceInAnArray() {
    byte[] source = random(500, 3);
    for (int length = 0; length <= 300; length++) {
      long position = 3L * WINDOW - length; // up to the end of a window
      memory.putBytes(position, source, 200 - length % 200, length);
      byte[] target = new byte[400];
      memory.getBytes(position, target, 50, length);
      byte[] expected = new byte[400];
      System.arraycopy(source, 200 - length % 200, expected, 50, length);
      assertArrayEquals(expected, target);
    }
  }

  @Test
  void copyMovesBytesWithinAndBetweenWindows() {
    for (int length = 0; length <= 300; length++) {
      byte[] source = random(length, length);
      for (long to : new long[] {8192, 8200 + length % 7, 2L * WINDOW - length}) {
        memory.zero(0, WINDOW);
        memory.zero(WINDOW, WINDOW);
        memory.putBytes(4096, source, 0, length);
        memory.copy(4096, to, length);
        assertArrayEquals(source, read(to, length));
        assertArrayEquals(source, read(4096, length));
        assertArrayEquals(new byte[16], read(to - 16, 16));
        if (to + length < 2L * WINDOW) {
          assertEquals(0, memory.getByte(to, length));
        }
      }
    }
  }

  @Test
  void zeroClearsItsBytesAndNoOthers() {
    for (int length : new int[] {0, 1, 7, 8, 100, 8191, 8192, 8193, 20_000, WINDOW - 2}) {
      byte[] ones = new byte[WINDOW];
      Arrays.fill(ones, (byte) -1);
      memory.putBytes(WINDOW, ones, 0, WINDOW);
      memory.zero(WINDOW + 1, length);
      Arrays.fill(ones, 1, 1 + length, (byte) 0);
      assertArrayEquals(ones, read(WINDOW, WINDOW), () -> "length=" + length);
    }
  }

  @Test
  void sameBytesSeesEveryDifference() {
    for (int length = 0; length <= 40; length++) {
      byte[] bytes = random(length, length);
      long position = 2L * WINDOW - length;
      memory.putBytes(position, bytes, 0, length);
      assertTrue(memory.sameBytes(position, bytes, length));
      for (int i = 0; i < length; i++) {
        bytes[i] ^= 1;
        assertFalse(memory.sameBytes(position, bytes, length), "length=" + length + " i=" + i);
        assertTrue(memory.sameBytes(position, bytes, i));
        bytes[i] ^= 1;
      }
    }
  }

  @Test
  void viewsCoverWhatWasAskedForAndCanBeReused() {
    byte[] bytes = random(100, 4);
    memory.putBytes(WINDOW + 1000, bytes, 0, 100);
    // Forth and back: limit and position must be set in an order that never fails.
    for (int from : new int[] {90, 0, 40}) {
      ByteBuffer read = memory.readView(WINDOW + 1000 + from, 10);
      assertEquals(10, read.remaining());
      assertEquals(ByteOrder.LITTLE_ENDIAN, read.order());
      assertTrue(read.isReadOnly());
      byte[] seen = new byte[10];
      read.get(seen);
      assertArrayEquals(Arrays.copyOfRange(bytes, from, from + 10), seen);

      ByteBuffer write = memory.writeView(WINDOW + 2000 + from, 10);
      assertEquals(10, write.remaining());
      assertEquals(ByteOrder.LITTLE_ENDIAN, write.order());
      write.putLong(from);
      assertEquals(from, memory.getLong(WINDOW + 2000, from));
    }
    // A view is shared, but not what its last user made of it.
    memory.readView(WINDOW, 8).order(ByteOrder.BIG_ENDIAN);
    memory.writeView(WINDOW, 8).order(ByteOrder.BIG_ENDIAN);
    assertEquals(ByteOrder.LITTLE_ENDIAN, memory.readView(WINDOW, 8).order());
    assertEquals(ByteOrder.LITTLE_ENDIAN, memory.writeView(WINDOW, 8).order());
    assertEquals(0, memory.readView(WINDOW, 0).remaining());
    assertEquals(WINDOW, memory.readView(3L * WINDOW, WINDOW).remaining());
  }

  @Test
  void anAccessOutsideAllWindowsIsAnException() {
    assertThrows(IndexOutOfBoundsException.class, () -> memory.getLong(BYTES, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.putLong(BYTES, 0, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.getBytes(BYTES, new byte[1], 0, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.getLong(-1L << 20, 0));
  }

  @Test
  void anAccessAfterTheCloseIsAnException() {
    file.close();
    assertThrows(IndexOutOfBoundsException.class, () -> memory.getLong(0, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.putLong(0, 0, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.readView(0, 8));
    assertEquals(0, memory.mappedBytes());
    memory.force(BYTES);
    memory.keepAlive();
  }

  @Test
  void aReadOnlyMappingReadsAndIsNotWritten() {
    memory.putLong(WINDOW, 8, 42);
    file.close();
    try (StoreFile reader = StoreFile.open(path, true, BYTES)) {
      MappedMemory readOnly = reader.map(16);
      assertEquals(42, readOnly.getLong(WINDOW, 8));
      assertEquals(42, readOnly.readView(WINDOW + 8, 16).getLong());
      assertThrows(ReadOnlyBufferException.class, () -> readOnly.putBytes(0, new byte[8], 0, 8));
      assertThrows(ReadOnlyBufferException.class, () -> readOnly.zero(0, 8));
      readOnly.force(BYTES);
    }
  }
}
