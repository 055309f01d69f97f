package io.tophash.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreLockedException;
import io.tophash.core.testing.ChildJvm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may have a store open at the same time, in one JVM and in several. */
@Tag("contract")
class StoreLockTest {
  @TempDir Path directory;
  private Path path;

  /** Opens the store {@code args[0]}, says so, and holds it until its input ends. */
  static final class Opener {
    public static void main(String[] args) throws IOException {
      try (StoreFile file = StoreFile.open(Path.of(args[0]), args[1].equals("read"), 1 << 20)) {
        System.out.println("opened " + file.length());
        System.in.read();
      } catch (StoreException e) {
        System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
      }
    }
  }

  @BeforeEach
  void makeStore() throws IOException {
    path = directory.resolve("a.tph");
    Files.write(path, new byte[100]);
  }

  private StoreFile open(String how) {
    return StoreFile.open(path, how.equals("read"), 1 << 20);
  }

  private ChildJvm openElsewhere(String how) {
    ChildJvm child = ChildJvm.start(Opener.class, path, how);
    assertEquals("opened 100", child.readLine());
    return child;
  }

  private String tryElsewhere(String how) {
    try (ChildJvm child = ChildJvm.start(Opener.class, path, how)) {
      return child.readLine();
    }
  }

  @Test
  void oneJvmOpensAStoreForWritingOnce() {
    try (StoreFile writer = open("write")) {
      for (String how : new String[] {"write", "read"}) {
        StoreLockedException e = assertThrows(StoreLockedException.class, () -> open(how).close());
        assertTrue(e.getMessage().contains("already open in this process"), e.getMessage());
        assertTrue(e.getMessage().contains(path.getFileName().toString()), e.getMessage());
      }
      assertEquals(100, writer.length());
    }
    open("write").close();
  }

  @Test
  void readersShareAStoreAndKeepWritersOut() {
    StoreFile first = open("read");
    StoreFile second = open("read");
    assertThrows(StoreLockedException.class, () -> open("write").close());
    first.close();
    assertThrows(StoreLockedException.class, () -> open("write").close());
    second.close();
    open("write").close();
  }

  @Test
  void aRefusedOpenLeavesTheLockToItsHolder() {
    try (StoreFile writer = open("write")) {
      assertThrows(StoreLockedException.class, () -> open("write").close());
      assertTrue(writer.length() > 0);
      // The refused open must not have dropped the lock of the kernel either.
      assertTrue(tryElsewhere("write").startsWith("StoreLockedException"));
    }
  }

  @Test
  void anotherNameOfTheStoreIsTheSameStore() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link.tph"), path);
    Path detour = directory.resolve("..").resolve(directory.getFileName()).resolve("a.tph");
    try (StoreFile writer = StoreFile.open(link, false, 1 << 20)) {
      assertEquals(path.toRealPath(), writer.path());
      assertThrows(StoreLockedException.class, () -> open("write").close());
      assertThrows(
          StoreLockedException.class, () -> StoreFile.open(detour, false, 1 << 20).close());
    }
    assertFalse(Files.exists(directory.resolve("link.tph.lock")));
  }

  @Test
  void aNewStoreIsLockedBeforeItHasItsName() {
    Path fresh = directory.resolve("fresh.tph");
    try (StoreFile writer = StoreFile.open(fresh, false, 1 << 20)) {
      assertTrue(writer.isNew());
      assertThrows(StoreLockedException.class, () -> StoreFile.open(fresh, false, 1 << 20).close());
    }
    StoreFile.open(fresh, false, 1 << 20).close();
  }

  @Test
  void anotherProcessIsRefusedAtOnceAndToldTheOwner() {
    try (ChildJvm owner = openElsewhere("write")) {
      for (String how : new String[] {"write", "read"}) {
        StoreLockedException e = assertThrows(StoreLockedException.class, () -> open(how).close());
        assertTrue(e.getMessage().contains("another process"), e.getMessage());
        assertTrue(e.getMessage().contains("owner={pid=" + owner.pid() + " "), e.getMessage());
      }
    }
  }

  @Test
  void aKilledOwnerLeavesTheStoreFree() {
    ChildJvm owner = openElsewhere("write");
    assertThrows(StoreLockedException.class, () -> open("write").close());
    owner.kill();
    try (StoreFile writer = open("write")) {
      String refusal = tryElsewhere("write");
      assertTrue(refusal.startsWith("StoreLockedException"), refusal);
      assertTrue(refusal.contains("pid=" + ProcessHandle.current().pid() + " "), refusal);
      assertFalse(refusal.contains("pid=" + owner.pid() + " "), refusal);
      assertEquals(100, writer.length());
    }
  }

  @Test
  void readersInOtherProcessesShareAndKeepWritersOut() {
    // The note of this writer stays in the sidecar: it must not be blamed for what readers do.
    openElsewhere("write").close();
    try (ChildJvm reader = openElsewhere("read")) {
      open("read").close();
      StoreLockedException e =
          assertThrows(StoreLockedException.class, () -> open("write").close());
      assertTrue(e.getMessage().contains("owner=read-only openers"), e.getMessage());
      reader.kill();
    }
    open("write").close();
  }

  @Test
  void anUnfinishedOpenGivesTheLockBack() throws IOException {
    Path blocked = directory.resolve("blocked.tph");
    Files.createDirectories(directory.resolve("blocked.tph.new").resolve("full"));
    assertThrows(StoreException.class, () -> StoreFile.open(blocked, false, 1 << 20));
    Files.delete(directory.resolve("blocked.tph.new").resolve("full"));
    StoreFile.open(blocked, false, 1 << 20).close();
  }

  @Test
  void whatStandsInTheRowsButIsNoNoteIsPassedBy() throws IOException {
    Path sidecar = directory.resolve("a.tph.lock");
    try (FileChannel channel =
        FileChannel.open(sidecar, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {(byte) 0xFF, 0, 10}), 4096);
    }
    open("read").close();
    open("write").close();
    assertEquals(4096 + 128, Files.size(sidecar));
  }

  @Test
  void aSidecarThatWasRemovedIsMadeAgain() throws IOException {
    for (String how : new String[] {"read", "write"}) {
      open(how).close();
      assertTrue(Files.exists(directory.resolve("a.tph.lock")));
      Files.delete(directory.resolve("a.tph.lock"));
    }
  }
}
