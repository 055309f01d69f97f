package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.crash.InMemoryDirectory;
import io.tophash.core.errors.MissedChangesException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who cannot have all changes is told, and where to begin again; never a change is left out. */
@Tag("fault")
class MissedChangesTest {
  private static final long MIB = 1 << 20;

  @TempDir(factory = InMemoryDirectory.class)
  Path dir;

  private SyncStore<String, String> open() {
    return SyncStore.builder(Codecs.utf8(), Codecs.utf8())
        .windowBytes(1 << 20)
        .shards(2)
        .durability(Durability.EACH_CHANGE)
        .open(file());
  }

  private Path file() {
    return dir.resolve("a.tph");
  }

  private List<Path> logs() throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(dir, "a.tph.log-*")) {
      all.forEach(files::add);
    }
    return files;
  }

  private static List<String> values(SyncStore<String, String> store, ChangePosition from) {
    List<String> values = new ArrayList<>();
    try (Changes<String, String> changes = store.changes(from)) {
      for (Change<String, String> c = changes.poll(); c != null; c = changes.poll()) {
        values.add(c.value());
      }
    }
    return values;
  }

  /** The message must say so; what came before is delivered. */
  private static List<String> missed(
      SyncStore<String, String> store, ChangePosition from, String says) {
    List<String> values = new ArrayList<>();
    try (Changes<String, String> changes = store.changes(from)) {
      MissedChangesException e =
          assertThrows(
              MissedChangesException.class,
              () -> {
                for (Change<String, String> c = changes.poll(); c != null; c = changes.poll()) {
                  values.add(c.value());
                }
              });
      assertTrue(e.getMessage().contains("snapshot()"), e::getMessage);
      assertTrue(e.getMessage().contains("store=" + store.path()), e::getMessage);
      assertTrue(e.getMessage().contains(says), e::getMessage);
      ChangePosition position = changes.position();
      assertThrows(MissedChangesException.class, changes::poll);
      assertEquals(position, changes.position());
    }
    return values;
  }

  /** Begins again as the message says. */
  private static void beginAgain(SyncStore<String, String> store) {
    Map<String, String> copy = new HashMap<>();
    ChangePosition position;
    try (SyncStore<String, String> then = store.snapshot()) {
      position = then.changePosition();
      copy.putAll(then);
    }
    store.set("later", "on");
    try (Changes<String, String> changes = store.changes(position)) {
      ChangesTest.follow(changes, copy);
    }
    assertEquals(new HashMap<>(store), copy);
  }

  private static void log(SyncStore<String, String> store, long bytes) {
    String value = "x".repeat(60_000);
    for (long done = 0; done < bytes; done += value.length()) {
      store.set("k" + done % 7, value);
    }
    store.force(); // what a recovery needs begins here
  }

  private static void logMuch(SyncStore<String, String> store) {
    for (int i = 0; i < 6; i++) {
      log(store, 16 * MIB);
    }
  }

  @Test
  void soMuchIsKeptAsWasSaid() throws IOException {
    try (SyncStore<String, String> store = open()) {
      store.keepChanges(32 * MIB);
      ChangePosition old = store.changePosition();
      store.set("first", "1");
      log(store, 30 * MIB);
      assertEquals("1", values(store, old).get(0));
      log(store, 40 * MIB);
      missed(store, old, "keptBytes=" + 32 * MIB);
      log(store, 40 * MIB);
      // Seven files were filled. How many there are depends on where batches end.
      int files = logs().size();
      assertTrue(files <= 5, () -> "files=" + files);
      beginAgain(store);
      store.keepChanges(0);
      old = store.changePosition();
      logMuch(store);
      missed(store, old, "keptBytes=0");
      assertThrows(IllegalArgumentException.class, () -> store.keepChanges(-1));
      assertThrows(IllegalArgumentException.class, () -> store.keepChanges(1L << 40));
      store.keepChanges(17 * MIB);
    }
    try (SyncStore<String, String> store = open()) { // it stands in the file
      ChangePosition old = store.changePosition();
      logMuch(store);
      missed(store, old, "keptBytes=" + 17 * MIB);
    }
  }

  @Test
  void eachOpeningTakesAFile() {
    ChangePosition old;
    try (SyncStore<String, String> store = open()) {
      old = store.changePosition();
      store.set("a", "0");
    }
    for (int opened = 1; opened <= 4; opened++) {
      try (SyncStore<String, String> store = open()) {
        assertEquals(opened, values(store, old).size());
        store.set("a", Integer.toString(opened));
      }
    }
    open().close();
    try (SyncStore<String, String> store = open()) {
      missed(store, old, "keptBytes=" + 64 * MIB);
      beginAgain(store);
    }
  }

  @Test
  void whatIsNotLoggedCannotBeFollowed() {
    try (SyncStore<String, String> store =
        SyncStore.builder(Codecs.utf8(), Codecs.utf8()).shards(2).open(file())) {
      IllegalStateException e = assertThrows(IllegalStateException.class, store::changePosition);
      assertTrue(e.getMessage().contains("EACH_CHANGE"), e::getMessage);
      try (SyncStore<String, String> then = store.snapshot()) {
        store.durability(Durability.EACH_CHANGE);
        assertThrows(IllegalStateException.class, then::changePosition);
      }
      ChangePosition position = store.changePosition();
      try (SyncStore<String, String> other =
          SyncStore.builder(Codecs.utf8(), Codecs.utf8())
              .shards(2)
              .durability(Durability.EACH_CHANGE)
              .open(dir.resolve("other.tph"))) {
        IllegalArgumentException foreign =
            assertThrows(IllegalArgumentException.class, () -> other.changes(position));
        assertTrue(foreign.getMessage().contains("another store"), foreign::getMessage);
      }
    }
  }

  @Test
  void aLevelThatWasChangedMeanwhileIsAGap() {
    try (SyncStore<String, String> store = open()) {
      ChangePosition position = store.changePosition();
      store.set("a", "1");
      try (Changes<String, String> changes = store.changes(position)) {
        assertNotNull(changes.poll());
        assertNull(changes.poll());
        store.set("a", "2");
        store.durability(Durability.PROCESS);
        store.set("a", "not logged");
        assertEquals("2", changes.poll().value());
        MissedChangesException e = assertThrows(MissedChangesException.class, changes::poll);
        assertTrue(e.getMessage().contains("does not log"), e::getMessage);
        assertThrows(IllegalStateException.class, () -> store.changes(position));
        store.durability(Durability.EACH_CHANGE);
        store.set("a", "3");
        assertThrows(MissedChangesException.class, changes::poll);
      }
      assertEquals(List.of("1", "2"), missed(store, position, "without a log"));
      beginAgain(store);
    }
  }

  @Test
  void aLogThatIsMissingOrForeignOrCutIsSaidToBe() throws IOException {
    for (int damage = 0; damage < 3; damage++) {
      ChangePosition position;
      try (SyncStore<String, String> store = open()) {
        position = store.changePosition();
        store.set("a", "1");
        store.set("a", "2");
      }
      byte[] strange = "no log at all".getBytes(java.nio.charset.StandardCharsets.UTF_8);
      for (Path log : logs()) {
        switch (damage) {
          case 0 -> Files.delete(log);
          case 1 -> Files.write(log, strange);
          default -> {
            try (RandomAccessFile cut = new RandomAccessFile(log.toFile(), "rw")) {
              cut.setLength(4096 + 100);
            }
          }
        }
      }
      try (SyncStore<String, String> store = open()) {
        missed(store, position, damage == 1 ? "a.tph.log-0" : "batch");
        assertEquals("2", store.get("a"));
        beginAgain(store);
      }
      for (Path log : logs()) {
        Files.delete(log);
      }
      Files.delete(file());
    }
  }

  /** An older copy comes in the store's place: its own past is followed, not the other future. */
  @Test
  void whatAStoreHasGoneBackFromIsNotFollowed() throws IOException {
    ChangePosition before;
    ChangePosition atCopy;
    try (SyncStore<String, String> store = open()) {
      before = store.changePosition();
      store.set("a", "1");
      atCopy = store.changePosition();
    }
    Path copy = dir.resolve("copy");
    Files.copy(file(), copy);
    ChangePosition later;
    try (SyncStore<String, String> store = open()) {
      store.set("a", "left");
      later = store.changePosition();
      store.set("a", "left, too");
    }
    Files.delete(file());
    Files.move(copy, file());
    try (SyncStore<String, String> store = open()) {
      store.set("a", "2");
      assertEquals(List.of("1", "2"), values(store, before));
      assertEquals(List.of("2"), values(store, atCopy));
      missed(store, later, "does not go on from there");
      beginAgain(store);
    }
  }
}
