package io.tophash.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.crash.CrashHook;
import io.tophash.core.errors.StoreException;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.testing.ChildJvm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A copy of an open store is a store, complete or not there at all. */
@Tag("contract")
class BackupTest {
  private static final int HALTED = 9;

  @TempDir Path dir;

  private static HashStoreBuilder<String, String> builder() {
    return HashStore.builder(Codecs.utf8(), Codecs.utf8()).windowBytes(1 << 20);
  }

  private static void put(Map<String, String> store, int from, int to) {
    for (int i = from; i < to; i++) {
      store.put("key-" + i, "value ".repeat(i % 200));
    }
  }

  /** Also in the middle of a growth, of which the copy has the same half. */
  @Test
  void theCopyIsTheStoreAtThatMoment() {
    int duringGrowth = 0;
    Map<String, String> expected = new HashMap<>();
    try (HashStore<String, String> store = builder().open(dir.resolve("a.tph"))) {
      for (int i = 0; i < 40; i++) {
        put(expected, 37 * i, 37 * (i + 1));
        put(store, 37 * i, 37 * (i + 1));
        duringGrowth += store.stats().growing() ? 1 : 0;
        Path target = dir.resolve("copy-" + i);
        store.backup(target);
        store.put("key-0", "other");
        store.put("key-0", "");
        try (HashStore<String, String> copy = builder().readOnly(true).open(target)) {
          assertTrue(copy.verify().isClean());
          assertEquals(expected, copy);
        }
        try (HashStore<String, String> copy = builder().open(target)) {
          copy.put("more", "");
          assertEquals(expected.size() + 1, copy.size());
        }
      }
    }
    assertTrue(duringGrowth > 0);
  }

  @Test
  void aReadOnlyStoreAndOneOfLongsAreBackedUpToo() throws IOException {
    try (LongHashStore store = HashStore.longs().open(dir.resolve("a.tph"))) {
      store.put(1, 2);
      store.backup(dir.resolve("b.tph"));
    }
    try (LongHashStore store = HashStore.longs().readOnly(true).open(dir.resolve("b.tph"))) {
      store.backup(dir.resolve("c.tph"));
      String message =
          assertThrows(StoreException.class, () -> store.backup(dir.resolve("c.tph"))).getMessage();
      assertTrue(message.contains("already"), message);
      assertThrows(StoreException.class, () -> store.backup(dir.resolve("b.tph")));
    }
    try (LongHashStore store = HashStore.longs().readOnly(true).open(dir.resolve("a.tph"))) {
      store.backup(dir.resolve("d.tph"));
    }
    assertNotEquals(0, sums("a.tph"));
    assertEquals(0, sums("d.tph"), "it has none, so it must name none");
    try (LongHashStore store = HashStore.longs().open(dir.resolve("c.tph"))) {
      assertEquals(2, store.get(1));
    }
  }

  private long sums(String name) throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(dir.resolve(name))).getLong(HeaderLayout.SUMS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"file.copied", "backup.copied", "copy.forced", "copy.complete", "copy.published"})
  void aKilledBackupLeavesAWholeFileOrNone(String point) {
    Path file = dir.resolve("a.tph");
    Path target = dir.resolve("b.tph");
    Map<String, String> expected = new HashMap<>();
    put(expected, 0, 500);
    try (HashStore<String, String> store = builder().open(file)) {
      put(store, 0, 500);
    }
    try (ChildJvm child =
        ChildJvm.start(
            List.of("-Dtophash.crashHook=" + CrashHook.class.getName()),
            Halting.class,
            file,
            target,
            point)) {
      assertEquals(HALTED, child.waitForEnd(), child::readAll);
    }
    assertEquals(point.equals("copy.published"), Files.exists(target));
    if (!Files.exists(target)) {
      try (HashStore<String, String> store = builder().open(file)) {
        store.backup(target);
      }
    }
    try (HashStore<String, String> copy = builder().open(target)) {
      assertTrue(copy.verify().isClean());
      assertEquals(expected, copy);
    }
    assertFalse(Files.exists(dir.resolve("b.tph.copy")));
  }

  /** Ends in the middle of a backup. */
  static final class Halting implements CrashHook.Tracer {
    private final String point;

    private Halting(String point) {
      this.point = point;
    }

    public static void main(String[] args) {
      CrashHook.trace(new Halting(args[2]));
      try (HashStore<String, String> store = builder().open(Path.of(args[0]))) {
        store.backup(Path.of(args[1]));
      }
    }

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
