package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.crash.CrashHook;
import io.tophash.core.crash.InMemoryDirectory;
import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.UnsettledStoreException;
import io.tophash.core.memory.HeapBytes;
import io.tophash.core.testing.ChildJvm;
import io.tophash.core.testing.Seeds;
import io.tophash.sync.format.ImageLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A backup that is brought up to date holds what a full one would hold, or what it held before. */
@Tag("contract")
@Tag("full")
class ImageBackupTest {
  @TempDir(factory = InMemoryDirectory.class)
  Path dir;

  private static SyncStore<String, byte[]> open(Path path) {
    return SyncStore.builder(Codecs.utf8(), Codecs.bytes())
        .shards(4)
        .windowBytes(4 << 20)
        .maxSegmentBytes(8_000)
        .open(path);
  }

  private static SyncStore<String, byte[]> toRead(Path path) {
    return SyncStore.builder(Codecs.utf8(), Codecs.bytes()).readOnly(true).open(path);
  }

  private static Map<String, byte[]> entries(SyncStore<String, byte[]> store) {
    Map<String, byte[]> entries = new HashMap<>();
    store.forEach(entries::put);
    return entries;
  }

  private static void assertHolds(Path image, Map<String, byte[]> expected) {
    try (SyncStore<String, byte[]> store = toRead(image)) {
      assertTrue(store.verify().isClean(), () -> store.verify().findings().toString());
      assertEquals(expected.size(), store.sizeLong());
      Map<String, byte[]> found = entries(store);
      assertEquals(expected.keySet(), found.keySet());
      expected.forEach((k, v) -> assertTrue(java.util.Arrays.equals(v, found.get(k)), k));
    }
  }

  private static void change(SyncStore<String, byte[]> store, Random random, int round) {
    switch (round % 7) {
      case 5 -> store.clear();
      case 6 -> store.compact();
      default -> {}
    }
    for (int i = 0; i < 600; i++) {
      String key = "key-" + random.nextInt(1_500);
      if (random.nextInt(3) == 0) {
        store.delete(key);
      } else {
        int bytes = random.nextInt(40) == 0 ? 4_000 + random.nextInt(400_000) : random.nextInt(300);
        byte[] value = new byte[bytes];
        random.nextBytes(value);
        store.set(key, value);
      }
    }
  }

  @Test
  void itHoldsWhatAFullOneHolds() {
    Seeds.run(
        2,
        seed -> {
          Random random = new Random(seed);
          Path image = dir.resolve("image-" + seed);
          try (SyncStore<String, byte[]> store = open(dir.resolve("a-" + seed))) {
            long since = 0;
            for (int round = 0; round < 15; round++) {
              change(store, random, round);
              if (random.nextInt(4) == 0) {
                store.force();
              }
              since = store.backup(image, since).checkpoint();
              assertHolds(image, entries(store));
            }
            Path full = dir.resolve("full-" + seed);
            store.backup(full);
            try (SyncStore<String, byte[]> copy = toRead(full)) {
              assertHolds(image, entries(copy));
            }
          }
          // And goes on as a store of its own.
          try (SyncStore<String, byte[]> store = open(image)) {
            change(store, random, 0);
            change(store, random, 5);
            assertTrue(store.verify().isClean());
          }
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8})
  void longsAreCopiedToo(int shards) {
    LongSyncStoreBuilder builder = SyncStore.longs().shards(shards).windowBytes(1 << 20);
    Path image = dir.resolve("b.tph");
    try (LongSyncStore store = builder.open(dir.resolve("a.tph"))) {
      for (int round = 1; round < 5; round++) {
        for (long i = 0; i < 30_000L * round; i += round) {
          store.put(i, i * round);
        }
        store.backup(image, SyncStore.LAST_BACKUP);
        try (LongSyncStore copy = SyncStore.longs().readOnly(true).open(image)) {
          assertTrue(copy.verify().isClean());
          assertEquals(store.sizeLong(), copy.sizeLong());
          store.forEach((k, v) -> assertEquals(v, copy.get(k)));
        }
      }
    }
  }

  @Test
  void onlyWhatCameSinceIsCopied() {
    Path image = dir.resolve("b.tph");
    try (SyncStore<String, byte[]> store = open(dir.resolve("a.tph"))) {
      for (int i = 0; i < 20_000; i++) {
        store.set("key-" + i, new byte[100]);
      }
      BackupReport first = store.backup(image, 0);
      assertTrue(first.bytes() > 20_000 * 100, first::toString);
      store.set("key-7", new byte[50]);
      BackupReport second = store.backup(image, first.checkpoint());
      assertTrue(second.bytes() < first.bytes() / 20, second::toString);
      assertHolds(image, entries(store));
      BackupReport third = store.backup(image, second.checkpoint());
      assertTrue(third.bytes() < 20_000, third::toString);
      assertHolds(image, entries(store));
    }
  }

  @Test
  void itIsOneMomentBesideAWriter() throws Exception {
    Path image = dir.resolve("b.tph");
    try (LongSyncStore store = SyncStore.longs().shards(16).open(dir.resolve("a.tph"))) {
      RowOfChanges.goesOnDuring(
          store,
          () -> {
            long before = 0;
            for (int i = 0; i < 12; i++) {
              store.backup(image, SyncStore.LAST_BACKUP);
              try (LongSyncStore copy = SyncStore.longs().readOnly(true).open(image)) {
                long last = RowOfChanges.assertIsOneMoment(copy);
                assertTrue(last >= before);
                before = last;
              }
            }
          });
    }
  }

  /** A process backs the store up, and ends at a point of it. */
  private static void killWhileItUpdates(Path source, Path image, String point) {
    try (ChildJvm child =
        ChildJvm.start(
            List.of("-Dtophash.crashHook=" + CrashHook.class.getName()),
            BackupChild.class,
            "update",
            source,
            4,
            image,
            point)) {
      assertEquals(BackupChild.HALTED, child.waitForEnd(), child::readAll);
    }
  }

  private static String refusal(SyncStore<String, byte[]> store, Path target, long since) {
    return assertThrows(StoreException.class, () -> store.backup(target, since)).getMessage();
  }

  @Test
  void whatDoesNotFitIsRefusedAndStays() throws IOException {
    Path image = dir.resolve("image.tph");
    Path other = dir.resolve("other.tph");
    try (SyncStore<String, byte[]> store = open(dir.resolve("a.tph"));
        SyncStore<String, byte[]> stranger = open(dir.resolve("c.tph"))) {
      store.set("a", new byte[1]);
      assertTrue(refusal(store, image, 5).contains("since = 0"));
      long first = store.backup(image, 0).checkpoint();
      byte[] before = Files.readAllBytes(image);
      assertTrue(refusal(store, image, 0).contains("already"));
      assertTrue(refusal(store, image, first + 1).contains("checkpointOfTarget=" + first));
      assertTrue(refusal(stranger, image, first).contains("another store"));
      store.backup(other);
      assertTrue(refusal(store, other, first).contains("another store"));
      Files.writeString(dir.resolve("text"), "no store at all");
      assertThrows(StoreException.class, () -> store.backup(dir.resolve("text"), first));
      assertEquals(-1, java.util.Arrays.mismatch(before, Files.readAllBytes(image)));
      try (SyncStore<String, byte[]> use = open(image)) {
        use.set("b", new byte[1]);
      }
      assertTrue(refusal(store, image, first).contains("opened for writing"));
      try (SyncStore<String, byte[]> snapshot = store.snapshot()) {
        assertThrows(UnsupportedOperationException.class, () -> snapshot.backup(image, first));
      }
    }
    try (SyncStore<String, byte[]> store = toRead(dir.resolve("a.tph"))) {
      assertThrows(UnsupportedOperationException.class, () -> store.backup(other, 0));
    }
  }

  @Test
  void aStoreThatWentBackDoesNotKnowLaterBackups() throws IOException {
    Path source = dir.resolve("a.tph");
    Path old = dir.resolve("old.tph");
    Path late = dir.resolve("late.tph");
    try (SyncStore<String, byte[]> store = open(source)) {
      store.set("a", new byte[1]);
      store.backup(old, 0);
      store.set("b", new byte[1]);
      store.backup(late, 0);
    }
    Files.delete(source);
    Files.copy(old, source);
    try (SyncStore<String, byte[]> store = open(source)) {
      for (int i = 0; i < 10; i++) {
        store.set("c" + i, new byte[1]);
        store.force();
      }
      String refusal = refusal(store, late, SyncStore.LAST_BACKUP);
      assertTrue(refusal.contains("gone back"), refusal);
      store.backup(old, SyncStore.LAST_BACKUP); // which is of a state that it had
      assertHolds(old, entries(store));
    }
  }

  @Test
  void aPowerCutForgetsTheBackupsOfLostStates() throws IOException {
    Path source = dir.resolve("a.tph");
    Path cut = dir.resolve("cut.tph");
    try (SyncStore<String, byte[]> store = open(source)) {
      store.set("a", new byte[1]);
      store.backup(dir.resolve("b.tph"), 0);
      store.set("b", new byte[1]);
      byte[] bytes = Files.readAllBytes(source);
      HeapBytes.putLong(bytes, ImageLayout.made(5), 1_000);
      HeapBytes.putLong(bytes, io.tophash.core.format.HeaderLayout.BOOT_ID, 5);
      Files.write(cut, bytes);
    }
    open(cut).close();
    byte[] after = Files.readAllBytes(cut);
    assertEquals(0, HeapBytes.getLong(after, ImageLayout.made(5)));
  }

  @ParameterizedTest
  @CsvSource({
    "image.copied, false",
    "image.written, false",
    "image.decided, false",
    "image.pending, true",
    "image.applied, true",
    "recovery.chosen, true",
    "recovery.extents, true",
    "image.forced, true",
    "image.complete, true"
  })
  void aKilledOneHoldsWhatItHeldOrIsFinished(String point, boolean isDecided) {
    Path source = dir.resolve("a.tph");
    for (boolean byOpening : new boolean[] {false, true}) {
      Path image = dir.resolve("image-" + byOpening);
      Map<String, byte[]> before;
      Map<String, byte[]> after;
      long first;
      try (SyncStore<String, byte[]> store = open(source)) {
        change(store, new Random(1), 0);
        before = entries(store);
        first = store.backup(image, 0).checkpoint();
        change(store, new Random(2), 0);
        after = entries(store);
        killWhileItUpdates(source, image, point);
      }
      boolean isComplete = point.equals("image.complete");
      if (!isDecided || isComplete) {
        assertHolds(image, isComplete ? after : before);
      } else {
        assertThrows(UnsettledStoreException.class, () -> toRead(image));
      }
      if (byOpening) {
        open(image).close();
        assertHolds(image, isDecided ? after : before);
      } else {
        try (SyncStore<String, byte[]> store = open(source)) {
          store.set("later", new byte[1]);
          store.backup(image, isComplete ? SyncStore.LAST_BACKUP : first);
          assertHolds(image, entries(store));
        }
      }
      if (!byOpening || isDecided && !isComplete) { // else the next backup deletes them
        assertFalse(Files.exists(dir.resolve("image-" + byOpening + ".delta")));
        assertFalse(Files.exists(dir.resolve("image-" + byOpening + ".delta.new")));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"image.copied", "recovery.extents", "copy.forced", "copy.published"})
  void aKilledFirstOneIsWholeOrNotThere(String point) {
    Path source = dir.resolve("a.tph");
    Path image = dir.resolve("b.tph");
    try (SyncStore<String, byte[]> store = open(source)) {
      change(store, new Random(1), 0);
      killWhileItUpdates(source, image, point);
      assertEquals(point.equals("copy.published"), Files.exists(image));
      store.backup(image, SyncStore.LAST_BACKUP);
      assertHolds(image, entries(store));
    }
  }
}
