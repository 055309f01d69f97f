package io.tophash.core.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.StoreInfo;
import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreLockedException;
import io.tophash.core.memory.RawFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a lock file that is removed or replaced while other processes have the store open must not
 * do: let anybody in who goes by another one. A subclass says how a store of its kind is opened.
 */
public abstract class LostLockFileCases {
  /** How a store of the kind is opened. */
  public interface Opener {
    /** Opens a store that has an entry 1 → 1 or is new; then it gets this entry. */
    AutoCloseable open(Path path, boolean readOnly);
  }

  @TempDir protected Path dir;
  protected Path path;
  protected Path lock;

  /** Opens here. */
  protected abstract Opener opener();

  /** A main class that calls {@link #serve}. */
  protected abstract Class<?> child();

  @BeforeEach
  void makeStore() throws Exception {
    path = dir.resolve("a.tph");
    lock = dir.resolve("a.tph.lock");
    opener().open(path, false).close();
  }

  /** The child: {@code write NAME} and {@code read NAME} open, {@code close NAME}, {@code info}. */
  public static void serve(String[] args, Opener opener) throws Exception {
    Path path = Path.of(args[0]);
    Map<String, AutoCloseable> open = new HashMap<>();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      try {
        switch (words[0]) {
          case "close":
            open.remove(words[1]).close();
            break;
          case "info":
            StoreInfo.read(path);
            break;
          default:
            open.put(words[1], opener.open(path, words[0].equals("read")));
        }
        System.out.println("ok");
      } catch (StoreException e) {
        System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
      }
    }
  }

  protected final ChildJvm start(String... commands) {
    ChildJvm child = ChildJvm.start(child(), path);
    for (String command : commands) {
      tell(child, command);
    }
    return child;
  }

  protected static void tell(ChildJvm child, String command) {
    assertTrue(child.writeLine(command));
    assertEquals("ok", child.readLine(), command);
  }

  protected final void assertRefused(boolean readOnly) {
    StoreLockedException e =
        assertThrows(StoreLockedException.class, () -> opener().open(path, readOnly).close());
    assertTrue(e.getMessage().contains("another lock file"), e.getMessage());
    assertTrue(e.getMessage().contains("lockFile=" + lock.toAbsolutePath()), e.getMessage());
  }

  protected final void assertOpens() throws Exception {
    opener().open(path, true).close();
    opener().open(path, false).close();
  }

  @Test
  void nobodyPassesAWriterWhoseLockFileWasRemoved() throws Exception {
    try (ChildJvm writer = start("write a")) {
      Files.delete(lock);
      assertRefused(false);
      assertRefused(true);
      assertRefused(false); // the refused ones made a new lock file
      assertThrows(StoreLockedException.class, () -> RawFile.open(path).close());
      writer.kill();
    }
    assertOpens();
  }

  @Test
  void nobodyPassesAWriterWhoseLockFileWasReplaced() throws Exception {
    Path kept = dir.resolve("kept");
    try (ChildJvm writer = start("write a")) {
      Files.move(lock, kept);
      Files.copy(kept, lock);
      assertRefused(false);
      assertRefused(true);
      tell(writer, "close a");
      assertOpens();
      tell(writer, "write a");
      Files.move(kept, lock, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      assertRefused(false);
    }
  }

  @Test
  void noWriterPassesAReaderWhoseLockFileWasRemoved() throws Exception {
    try (ChildJvm reader = start("read a")) {
      Files.delete(lock);
      assertRefused(false);
      opener().open(path, true).close(); // readers do not harm each other
      assertRefused(false);
      reader.kill();
    }
    assertOpens();
  }

  @Test
  void whoClosesOneOfItsOpenersOrLooksAtTheHeaderKeepsOthersOut() throws Exception {
    try (ChildJvm readers = start("read a", "read b", "info", "close a")) {
      Files.delete(lock);
      assertRefused(false);
      tell(readers, "close b");
      assertOpens();
      tell(readers, "write c");
      tell(readers, "info");
      Files.delete(lock);
      assertRefused(false);
    }
  }

  @Test
  void aLockFileThatWasLostBetweenOpensIsMadeAnew() throws Exception {
    Files.delete(lock);
    opener().open(path, true).close();
    Files.delete(lock);
    try (AutoCloseable reader = opener().open(path, true)) {
      try (ChildJvm other = start("read a")) {
        assertTrue(Files.exists(lock));
        assertEquals(reader != null, other.pid() > 0);
      }
    }
    Files.delete(lock);
    assertOpens();
  }

  @Test
  void aStoreThatIsBeingMadeIsNotMadeTwice() throws IOException {
    Files.delete(path);
    Files.delete(lock);
    Path unfinished = dir.resolve("a.tph.new");
    try (ChildJvm maker = ChildJvm.start(child(), path, "unfinished")) {
      assertEquals("making", maker.readLine());
      assertTrue(Files.exists(unfinished));
      Files.delete(lock);
      StoreLockedException e =
          assertThrows(StoreLockedException.class, () -> opener().open(path, false).close());
      assertTrue(e.getMessage().contains("another lock file"), e.getMessage());
      maker.kill();
    }
    assertTrue(Files.exists(unfinished), "the refused one deleted it");
  }
}
