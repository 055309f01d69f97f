package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.errors.StoreException;
import io.tophash.core.testing.ApiCalls;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a read-only open may do: every public method, those to come included. */
@Tag("contract")
class ReadOnlyTest {
  private static final Set<String> CHANGE =
      Set.of(
          "put",
          "set",
          "putIfAbsent",
          "putAll",
          "remove",
          "delete",
          "replace",
          "replaceAll",
          "clear",
          "compute",
          "computeIfPresent",
          "merge",
          "addAndGet",
          "getAndAdd",
          "compact",
          "snapshot",
          "keepChanges",
          "force");

  /** What a store refuses that does not log its changes, however it was opened. */
  private static final Set<String> FOLLOW = Set.of("changes", "changePosition");

  @TempDir Path dir;

  /** Keys 1 and 0: the one that the calls use, and another. */
  private Path newStore() {
    Path path = dir.resolve("a.tph");
    try (LongSyncStore store = SyncStore.longs().open(path)) {
      store.set(1, 1);
      store.set(0, 7);
    }
    return path;
  }

  @Test
  void changesAreRefusedAndAllElseWorks() throws Throwable {
    Path path = newStore();
    byte[] before = Files.readAllBytes(path);
    Set<String> refused = new TreeSet<>();
    try (LongSyncStore longs = SyncStore.longs().readOnly(true).open(path)) {
      assertTrue(longs.isReadOnly());
      for (Object store : new Object[] {longs, longs.asMap()}) {
        for (Method method : ApiCalls.methods(store.getClass())) {
          boolean sets =
              method.getName().equals("durability") && method.getParameterCount() > 0
                  || method.getName().equals("backup") && method.getParameterCount() > 1;
          if (sets || CHANGE.contains(method.getName())) {
            refused.add(method.getName());
            assertThrows(
                UnsupportedOperationException.class,
                () -> ApiCalls.call(store, method),
                method::toString);
          } else if (FOLLOW.contains(method.getName())) {
            assertThrows(
                IllegalStateException.class, () -> ApiCalls.call(store, method), method::toString);
          } else if (!method.getName().equals("close")) {
            ApiCalls.call(store, method);
          }
        }
      }
      assertEquals(1, longs.get(1));
      assertEquals(2, longs.sizeLong());
    }
    assertTrue(refused.remove("durability"));
    assertTrue(refused.remove("backup")); // one that is brought up to date
    assertEquals(new TreeSet<>(CHANGE), refused);
    assertArrayEquals(before, Files.readAllBytes(path), "not a byte has changed");
  }

  @Test
  void theViewsAreRefusedToo() {
    try (SyncStore<Long, Long> store =
        SyncStore.builder(Codecs.int64(), Codecs.int64()).readOnly(true).open(newStore())) {
      var entries = store.entrySet().iterator();
      var entry = entries.next();
      assertThrows(UnsupportedOperationException.class, () -> entry.setValue(3L));
      assertThrows(UnsupportedOperationException.class, entries::remove);
      assertThrows(UnsupportedOperationException.class, store.keySet()::clear);
      assertThrows(UnsupportedOperationException.class, () -> store.keySet().remove(1L));
      assertThrows(UnsupportedOperationException.class, () -> store.values().remove(1L));
      assertThrows(UnsupportedOperationException.class, () -> store.values().removeIf(v -> true));
      assertEquals(2, store.size());
    }
  }

  @Test
  void aReaderSeesWhatAWriterBesideItDoes() {
    Path path = newStore();
    try (LongSyncStore reader = SyncStore.longs().readOnly(true).open(path);
        LongSyncStore writer = SyncStore.longs().open(path)) {
      for (int i = 0; i < 20_000; i++) {
        writer.set(i, i + 1);
        assertEquals(i + 1, reader.get(i));
      }
      writer.delete(5);
      assertEquals(0, reader.get(5));
      assertEquals(19_999, reader.sizeLong());
      assertThrows(UnsupportedOperationException.class, () -> reader.set(5, 6));
    }
  }

  @Test
  void nothingIsMade() {
    Path path = dir.resolve("absent.tph");
    assertThrows(StoreException.class, () -> SyncStore.longs().readOnly(true).open(path));
    assertEquals(0, dir.toFile().list().length);
  }
}
