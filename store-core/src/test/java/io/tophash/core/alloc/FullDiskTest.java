package io.tophash.core.alloc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.tophash.core.errors.StoreFullException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.StoreFile;
import io.tophash.core.testing.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes that the system refuses; the kernel's limit on the size of files stands for the disk. */
@Tag("fault")
class FullDiskTest {
  private static final int MIB = 1 << 20;

  @TempDir Path directory;

  /**
   * Fills the store {@code args[0]} until the system refuses, in steps of {@code args[1]} bytes.
   */
  static final class Filler {
    public static void main(String[] args) throws IOException {
      Path path = Path.of(args[0]);
      int step = Integer.parseInt(args[1]);
      try (StoreFile file = StoreFile.open(path, false, Long.MAX_VALUE)) {
        MappedMemory memory = file.map(20);
        WrittenEnd end = new WrittenEnd(file, 0);
        end.ensure(4096);
        file.publish();
        long before = 0;
        try {
          while (before < 64 * MIB) {
            before = end.bytes();
            end.ensure(before + step);
            memory.putByte(end.bytes() - 1, 0, (byte) 1);
          }
          System.out.println("no limit");
          return;
        } catch (StoreFullException e) {
          System.out.println("refused " + e.getMessage());
        }
        check(end.bytes() == before, "bytes=" + end.bytes() + " before=" + before);
        check(Files.size(path) == before, "fileBytes=" + Files.size(path) + " before=" + before);
        // What is there stays usable, and less may still fit.
        memory.putLong(8, 0, 42);
        check(memory.getLong(8, 0) == 42, "the mapping is broken");
        end.cut(4096);
        end.ensure(before);
        check(memory.getByte(before - 1, 0) == 0, "not zero");
        memory.putByte(before - 1, 0, (byte) 1);
        file.truncate(before);
        System.out.println("usable " + before);
      }
    }

    private static void check(boolean condition, String problem) {
      if (!condition) {
        throw new IllegalStateException(problem);
      }
    }
  }

  /** Opens the store {@code args[0]} where not even the note about the owner can be written. */
  static final class NoteWriter {
    public static void main(String[] args) {
      try (StoreFile file = StoreFile.open(Path.of(args[0]), false, MIB)) {
        System.out.println("opened " + file.length());
      }
    }
  }

  private String fill(int blocks, int step) throws IOException {
    Path path = directory.resolve("a.tph");
    try (ChildJvm child =
        ChildJvm.start("ulimit -f " + blocks, List.of(), Filler.class, path, step)) {
      String refusal = child.readLine();
      assumeFalse("no limit".equals(refusal), "this system does not limit the size of files");
      assertTrue(refusal.startsWith("refused cannot extend the store"), refusal);
      String usable = child.readLine();
      child.assertSucceeds();
      assertTrue(usable.startsWith("usable "), usable);
      int bytes = Integer.parseInt(usable.substring("usable ".length()));
      byte[] seen = Files.readAllBytes(path);
      assertEquals(bytes, seen.length);
      byte[] expected = new byte[bytes];
      expected[8] = 42;
      expected[bytes - 1] = 1;
      assertArrayEquals(expected, Arrays.copyOf(seen, bytes));
      return refusal;
    }
  }

  @Test
  void aRefusedWriteOfZerosChangesNothing() throws IOException {
    fill(6200, 2 * MIB);
  }

  @Test
  void aRefusedMappingChangesNothing() throws IOException {
    fill(6200, 10_000);
  }

  @Test
  void aStoreOpensThoughTheNoteAboutItsOwnerCannotBeWritten() throws IOException {
    Path path = directory.resolve("a.tph");
    Files.write(path, new byte[100]);
    try (ChildJvm child = ChildJvm.start("ulimit -f 1", List.of(), NoteWriter.class, path)) {
      assertEquals("opened 100", child.readLine());
      child.assertSucceeds();
    }
  }
}
