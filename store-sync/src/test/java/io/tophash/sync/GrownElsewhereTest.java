package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.crash.CrashHook;
import io.tophash.core.testing.ChildJvm;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Another process makes the file many times longer, and this one, which has mapped but its
 * beginning, then does first of all what must go through everything.
 */
@Tag("fast")
@Tag("race")
@Tag("full")
class GrownElsewhereTest {
  private static final int KEYS = 60_000;
  private static final int LARGE_BYTES = 20_000;
  private static final int LARGE_KEYS = 200;
  private static final int HALTED = 9;

  @TempDir Path dir;

  private static SyncStore<String, byte[]> open(Path path) {
    return SyncStore.builder(Codecs.utf8(), Codecs.bytes())
        .windowBytes(1 << 20)
        .shards(2)
        .open(path);
  }

  private static Stream<Arguments> actions() {
    return Stream.of(
        action("get", store -> assertEquals(1, store.get("key" + (KEYS - 1)).length)),
        action("clear", store -> store.clear()),
        action("compact", store -> store.compact()),
        action("verify", store -> assertTrue(store.verify().isClean())),
        action("stats", store -> assertEquals(KEYS + LARGE_KEYS, store.stats().entries())),
        action(
            "iteration", store -> assertEquals(KEYS + LARGE_KEYS, store.keySet().stream().count())),
        action("backup", store -> store.backup(Path.of(store.path() + ".copy"))),
        action("overwrite", store -> change(store, 2)),
        action("remove", GrownElsewhereTest::removeAll),
        action("new keys", store -> fill(store, "other")),
        action("close", store -> {}));
  }

  private static Arguments action(String name, Consumer<SyncStore<String, byte[]>> action) {
    return Arguments.of(name, action);
  }

  private static void fill(SyncStore<String, byte[]> store, String prefix) {
    for (int i = 0; i < KEYS; i++) {
      store.set(prefix + i, new byte[1]);
    }
  }

  private static void change(SyncStore<String, byte[]> store, int length) {
    for (int i = KEYS - 1; i >= 0; i--) {
      store.set("key" + i, new byte[length]);
    }
  }

  private static void removeAll(SyncStore<String, byte[]> store) {
    store.keySet().removeIf(key -> key.startsWith("key"));
    fill(store, "after");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("actions")
  void whatAnotherProcessAddedIsMappedInTime(
      String name, Consumer<SyncStore<String, byte[]>> action) {
    Path path = dir.resolve("store");
    try (SyncStore<String, byte[]> store = open(path)) {
      store.set("first", new byte[1]);
      store.delete("first");
      try (ChildJvm child = ChildJvm.start(Grower.class, path)) {
        child.assertSucceeds();
      }
      action.accept(store);
    }
    try (SyncStore<String, byte[]> store = open(path)) {
      assertTrue(store.verify().isClean());
      assertEquals(store.keySet().stream().count(), store.sizeLong());
    }
  }

  /** The lock of a process that died in the middle of a rebuild, far behind what is mapped here. */
  @ParameterizedTest
  @ValueSource(strings = {"rebuild.built", "rebuild.published", "clear.noted", "clear.published"})
  void aShardWhoseOwnerDiedIsMappedBeforeItIsRepaired(String point) {
    Path path = dir.resolve("store");
    try (SyncStore<String, byte[]> store = open(path)) {
      store.set("first", new byte[1]);
      try (ChildJvm child =
          ChildJvm.start(
              List.of("-Dtophash.crashHook=" + CrashHook.class.getName()),
              Grower.class,
              path,
              point)) {
        assertEquals(HALTED, child.waitForEnd());
      }
      fill(store, "after");
      assertEquals(1, store.stats().takeovers());
      assertTrue(store.verify().isClean());
      assertTrue(store.containsKey("after0"));
    }
  }

  /** Fills the store. */
  private static final class Grower {
    public static void main(String[] args) {
      try (SyncStore<String, byte[]> store = open(Path.of(args[0]))) {
        for (int i = 0; i < LARGE_KEYS; i++) {
          store.set("large" + i, new byte[LARGE_BYTES]);
        }
        fill(store, "key");
        if (args.length > 1) {
          CrashHook.trace(new Halt(args[1]));
          if (args[1].startsWith("clear.")) {
            store.clear();
          }
          change(store, 3);
        }
      }
    }
  }

  private record Halt(String point) implements CrashHook.Tracer {
    @Override
    public void reached(String reached) {
      if (reached.equals(point)) {
        Runtime.getRuntime().halt(HALTED);
      }
    }

    @Override
    public void storing(long position, int length, boolean release) {}

    @Override
    public void fence() {}
  }
}
