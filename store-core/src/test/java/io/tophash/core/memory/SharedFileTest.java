package io.tophash.core.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreFullException;
import io.tophash.core.testing.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Length, space and mapping of a file that several use at once. */
@Tag("fast")
@Tag("contract")
class SharedFileTest {
  private static final int MIB = 1 << 20;
  private static final int SHIFT = 22;
  private static final long WINDOW = 1 << SHIFT;

  @TempDir Path directory;
  private Path path;
  private final List<StoreFile> files = new ArrayList<>();

  @BeforeEach
  void resolve() {
    path = StoreFile.realPath(directory.resolve("a.tph"), false);
  }

  @AfterEach
  void close() {
    Thread.interrupted();
    files.forEach(StoreFile::close);
  }

  private StoreFile create() {
    StoreFile file = StoreFile.createShared(path, Long.MAX_VALUE);
    files.add(file);
    return file;
  }

  private StoreFile open(boolean readOnly) {
    StoreFile file = StoreFile.openShared(path, readOnly, Long.MAX_VALUE);
    files.add(file);
    return file;
  }

  private StoreFile createPublished(long bytes) {
    StoreFile file = create();
    file.map(SHIFT);
    file.ensureLength(bytes);
    file.ensureMapped(bytes);
    file.publish();
    return file;
  }

  private interface Task {
    void run() throws Exception;
  }

  /** Runs each task in a thread of its own and reports the first failure. */
  private static void runAll(Task... tasks) throws Exception {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread[] threads = new Thread[tasks.length];
    for (int i = 0; i < tasks.length; i++) {
      Task task = tasks[i];
      threads[i] =
          new Thread(
              () -> {
                try {
                  task.run();
                } catch (Throwable e) {
                  failure.compareAndSet(null, e);
                }
              });
      threads[i].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    if (failure.get() != null) {
      throw new AssertionError(failure.get());
    }
  }

  @Test
  void aNewFileHasItsNameOnlyWhenItIsComplete() throws IOException {
    Files.write(directory.resolve("a.tph.new"), new byte[100]); // of a killed process
    StoreFile file = create();
    MappedMemory memory = file.map(SHIFT);
    assertEquals(0, memory.mappedBytes());
    file.ensureLength(100);
    file.ensureMapped(100);
    memory.putLong(8, 0, 42);
    assertFalse(Files.exists(path));
    file.publish();
    StoreFile second = open(false);
    assertEquals(42, second.map(SHIFT).getLong(8, 0));
    assertEquals(42, second.readHead(16)[8]);
    assertEquals(16, second.readHead(16).length);
    second.close();
    file.close();
    assertTrue(Files.exists(path));
    assertFalse(Files.exists(directory.resolve("a.tph.new")));
  }

  @Test
  void anUnfinishedFileGoesWhenItIsClosed() {
    create().close();
    assertFalse(Files.exists(path));
    assertFalse(Files.exists(directory.resolve("a.tph.new")));
    assertThrows(StoreException.class, () -> open(false));
    assertFalse(Files.exists(path));
  }

  @Test
  void theLengthGrowsInFewSteps() {
    assertEquals(MIB, SparseFile.roundedLength(1, WINDOW));
    assertEquals(MIB, SparseFile.roundedLength(MIB, WINDOW));
    assertEquals(2 * MIB, SparseFile.roundedLength(MIB + 1, WINDOW));
    assertEquals(WINDOW, SparseFile.roundedLength(WINDOW, WINDOW));
    assertEquals(2 * WINDOW, SparseFile.roundedLength(WINDOW + 1, WINDOW));
    assertEquals(3 * WINDOW, SparseFile.roundedLength(3 * WINDOW, WINDOW));
    assertEquals(1 << 17, SparseFile.roundedLength(5, 1 << 17)); // a window below 1 MiB
    assertEquals(3 << 17, SparseFile.roundedLength((2 << 17) + 1, 1 << 17));
  }

  @Test
  void theFileNeverBecomesShorterByGrowing() {
    StoreFile file = createPublished(3 * MIB);
    assertEquals(4 * MIB, file.length());
    file.ensureLength(10);
    assertEquals(4 * MIB, file.length());
    file.truncate(3 * MIB);
    assertEquals(3 * MIB, file.length());
    file.truncate(4 * MIB);
    assertEquals(3 * MIB, file.length());
  }

  @Test
  void theSizeLimitBoundsTheLengthToo() {
    StoreFile file = StoreFile.createShared(path, 1_500_000);
    files.add(file);
    file.map(SHIFT);
    file.ensureLength(MIB + 1);
    assertEquals(1_500_000, file.length());
    file.ensureLength(1_500_000);
    file.ensureMapped(1_500_000);
    StoreFullException e =
        assertThrows(StoreFullException.class, () -> file.ensureLength(1_500_001));
    assertTrue(e.getMessage().contains("maxBytes=1500000 neededBytes=1500001"), e.getMessage());
  }

  @Test
  void aPartlyMappedWindowIsReplacedByALongerMapping() {
    StoreFile one = createPublished(MIB);
    StoreFile other = open(false);
    MappedMemory a = one.memory();
    MappedMemory b = other.map(SHIFT);
    assertEquals(MIB, b.mappedBytes());
    for (long end = MIB; end < 3 * WINDOW; end += MIB / 2) {
      one.ensureLength(end);
      one.ensureMapped(end);
      a.putLong(end - 8, 0, end);
      if (b.mappedBytes() < end) {
        other.ensureMapped(end);
      }
      assertTrue(b.mappedBytes() >= end);
      assertEquals(end, b.getLong(end - 8, 0));
      b.putLong(end - 16, 0, ~end);
      assertEquals(~end, a.getLong(end - 16, 0));
    }
    assertEquals(3, b.windowCount());
    one.force();
  }

  @Test
  void aFileThatIsShorterThanItsContentIsCorrupt() {
    StoreFile file = createPublished(MIB);
    CorruptStoreException e =
        assertThrows(CorruptStoreException.class, () -> file.ensureMapped(MIB + 1));
    assertTrue(e.getMessage().contains("section=file position=" + (MIB + 1)), e.getMessage());
    assertTrue(e.getMessage().contains("bytes=" + MIB), e.getMessage());
  }

  /** The hole: a reader that sees a position before the window that it stands in. */
  @Test
  void readersFindEveryPositionThatWasPublishedWhileTheFileGrows() throws Exception {
    StoreFile writer = createPublished(MIB);
    MappedMemory memory = writer.memory();
    StoreFile elsewhere = open(false);
    MappedMemory other = elsewhere.map(SHIFT);
    long last = 4 * WINDOW;
    AtomicLong published = new AtomicLong();
    Task reader =
        () -> {
          for (long seen = 0; seen < last; ) {
            seen = published.get();
            for (long at = seen - 8; at > 0; at -= 3 * MIB / 4) {
              long position = at & -8;
              assertTrue(memory.mappedBytes() > position);
              long value = memory.getLongAcquire(position, 0);
              assertTrue(value == 0 || value == position, "value=" + value);
            }
          }
        };
    Task remote =
        () -> {
          for (long seen = 0; seen < last; ) {
            seen = published.get();
            elsewhere.ensureMapped(seen);
            if (seen > 0) {
              assertEquals(seen - 8, other.getLongAcquire(seen - 8, 0));
            }
          }
        };
    Task grower =
        () -> {
          for (long end = MIB / 4; end <= last; end += MIB / 4) {
            writer.ensureLength(end);
            writer.ensureMapped(end);
            memory.putLong(end - 8, 0, end - 8);
            published.set(end);
          }
        };
    runAll(reader, remote, remote, grower);
  }

  @Test
  void severalThreadsGrowAndFillTheFileAtOnce() throws Exception {
    StoreFile file = createPublished(MIB);
    MappedMemory memory = file.memory();
    int piece = 100_000;
    AtomicLong next = new AtomicLong();
    Task task =
        () -> {
          for (long i = next.getAndIncrement(); i < 60; i = next.getAndIncrement()) {
            long from = i * piece;
            file.ensureLength(from + piece);
            file.ensureMapped(from + piece);
            if ((from >>> SHIFT) == (from + piece >>> SHIFT)) { // no access straddles windows
              memory.putByte(from + piece - 1, 0, (byte) 9);
              file.writeZeros(from, piece);
              assertEquals(0, memory.getByte(from + piece - 1, 0));
              memory.putByte(from, 0, (byte) i);
              memory.putByte(from + piece - 1, 0, (byte) i);
            }
          }
        };
    runAll(task, task, task);
    for (long i = 0; i < 60; i++) {
      long from = i * piece;
      if ((from >>> SHIFT) == (from + piece >>> SHIFT)) {
        assertEquals(i, memory.getByte(from, 0));
        assertEquals(i, memory.getByte(from + piece - 1, 0));
        byte[] between = new byte[piece - 2];
        memory.getBytes(from + 1, between, 0, between.length);
        assertArrayEquals(new byte[piece - 2], between);
      }
    }
  }

  @Test
  void interruptsBreakNothing() {
    Thread.currentThread().interrupt();
    StoreFile file = createPublished(MIB);
    for (int i = 2; i < 9; i++) {
      file.ensureLength(i * MIB);
      file.ensureMapped(i * MIB);
      file.writeZeros((i - 1) * MIB, MIB);
    }
    file.force();
    assertTrue(Thread.interrupted(), "the interrupt was swallowed");
  }

  @Test
  void aReadOnlyFileFollowsTheGrowthOfItsWriter() {
    StoreFile writer = createPublished(MIB);
    StoreFile reader = open(true);
    MappedMemory memory = reader.map(SHIFT);
    writer.ensureLength(WINDOW + 1);
    writer.ensureMapped(WINDOW + 1);
    writer.memory().putLong(WINDOW, 0, 7);
    reader.ensureMapped(WINDOW + 8);
    assertEquals(7, memory.getLong(WINDOW, 0));
    assertTrue(reader.isReadOnly());
    reader.force();
  }

  @Test
  void useAfterTheCloseIsAnException() {
    StoreFile file = createPublished(MIB);
    MappedMemory memory = file.memory();
    file.close();
    file.close();
    assertThrows(IllegalStateException.class, file::length);
    assertThrows(IllegalStateException.class, () -> file.ensureLength(2 * MIB));
    assertThrows(IllegalStateException.class, () -> file.ensureMapped(1));
    assertThrows(IllegalStateException.class, () -> file.writeZeros(0, 1));
    assertThrows(IllegalStateException.class, () -> file.readHead(1));
    assertThrows(IllegalStateException.class, file::force);
    assertThrows(IndexOutOfBoundsException.class, () -> memory.getLong(0, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.getLongAcquire(0, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.slice(0, 8));
  }

  /** Grows the file until the system refuses. */
  static final class Filler {
    public static void main(String[] args) {
      StoreFile file = StoreFile.createShared(Path.of(args[0]), Long.MAX_VALUE);
      MappedMemory memory = file.map(SHIFT);
      long end = 0;
      try {
        while (end < 16 * MIB) {
          file.ensureLength(end + MIB / 2);
          file.writeZeros(end, MIB / 2);
          end += MIB / 2;
        }
        System.out.println("no limit");
        return;
      } catch (StoreFullException e) {
        System.out.println("refused " + e.getMessage());
      }
      file.ensureMapped(end);
      memory.putLong(end - 8, 0, 42);
      System.out.println("usable " + end + " " + memory.getLong(end - 8, 0));
      file.close();
    }
  }

  @Test
  void aFullDiskIsAnExceptionAndTheRestStaysUsable() {
    // 3,100 blocks of 1 KiB or of 512 bytes: below a power of two, so the sparse tail does not fit.
    try (ChildJvm child = ChildJvm.start("ulimit -f 3100", List.of(), Filler.class, path)) {
      String refusal = child.readLine();
      assumeFalse("no limit".equals(refusal), "this system does not limit the size of files");
      assertTrue(refusal.startsWith("refused cannot extend the store"), refusal);
      String usable = child.readLine();
      assertTrue(usable.startsWith("usable ") && usable.endsWith(" 42"), usable);
      assertNull(child.readLine());
      child.assertSucceeds();
    }
  }
}
