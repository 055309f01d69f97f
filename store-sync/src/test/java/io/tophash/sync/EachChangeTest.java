package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.testing.SystemLog;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes that are durable when they return: the log beside the store. */
@Tag("fault")
class EachChangeTest {
  @TempDir Path dir;
  private final SystemLog log = new SystemLog();

  @AfterEach
  void listenNoMore() {
    log.close();
  }

  private static SyncStoreBuilder<String, String> builder(int shards) {
    return SyncStore.builder(Codecs.utf8(), Codecs.utf8()).windowBytes(1 << 20).shards(shards);
  }

  private static SyncStore<String, String> open(Path file) {
    return SyncStore.builder(Codecs.utf8(), Codecs.utf8()).open(file);
  }

  private static List<Path> logFiles(Path file) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(file.getParent(), file.getFileName() + ".log-*")) {
      all.forEach(files::add);
    }
    return files;
  }

  /** What stands in the files now, as the machine finds it on its next run. */
  private Path afterReboot(Path file) throws IOException {
    Path copy = dir.resolve("rebooted-" + System.nanoTime() + ".tph");
    Files.copy(file, copy);
    for (Path log : logFiles(file)) {
      String name = log.getFileName().toString();
      String suffix = name.substring(file.getFileName().toString().length());
      Files.copy(log, copy.resolveSibling(copy.getFileName() + suffix));
    }
    try (RandomAccessFile out = new RandomAccessFile(copy.toFile(), "rw")) {
      out.seek(HeaderLayout.BOOT_ID);
      out.write(new byte[] {1, 2, 3, 4});
    }
    return copy;
  }

  private static void delete(Path file) throws IOException {
    for (Path log : logFiles(file)) {
      Files.delete(log);
    }
    Files.delete(file);
  }

  private static String value(Random random, int step) {
    int dice = random.nextInt(100);
    int bytes =
        dice < 2 ? 200_000 : dice < 10 ? 4_000 + random.nextInt(40_000) : random.nextInt(300);
    return step + "-" + "x".repeat(bytes);
  }

  private static void change(
      SyncStore<String, String> store, Map<String, String> model, Random random, int step) {
    String key = "key-" + random.nextInt(120);
    String value = value(random, step);
    switch (random.nextInt(12)) {
      case 0 -> assertEquals(model.putIfAbsent(key, value), store.putIfAbsent(key, value));
      case 1, 2 -> assertEquals(model.remove(key), store.remove(key));
      case 3 -> assertEquals(model.replace(key, value), store.replace(key, value));
      case 4 ->
          assertEquals(
              model.merge(key, "+", String::concat), store.merge(key, "+", String::concat));
      case 5 -> {
        if (random.nextInt(40) == 0) {
          model.clear();
          store.clear();
        }
      }
      default -> {
        model.put(key, value);
        store.set(key, value);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 64})
  void whatHasReturnedIsThereAfterAPowerCut(int shards) throws IOException {
    Random random = new Random(shards);
    Path file = dir.resolve("a.tph");
    Map<String, String> model = new HashMap<>();
    SyncStore<String, String> store = builder(shards).durability(Durability.EACH_CHANGE).open(file);
    store.keepChanges(0); // fewer files to copy
    for (int round = 0; round < 8; round++) {
      assertEquals(Durability.EACH_CHANGE, store.durability());
      for (int step = 0; step < 120; step++) {
        change(store, model, random, step);
      }
      Path rebooted = afterReboot(file);
      assertEquals(model, new HashMap<>(store));
      assertTrue(store.verify().isClean(), () -> "verify");
      if (round == 3) {
        store.force();
      }
      store.close();
      delete(file);
      file = rebooted;
      store = open(file);
      assertEquals(model, new HashMap<>(store), "round " + round);
      assertEquals(model.size(), store.sizeLong());
      SyncStore<String, String> opened = store;
      assertTrue(store.verify().isClean(), () -> opened.verify().findings().toString());
      if (round == 5) {
        store.close();
        store = open(file);
      }
    }
    store.close();
  }

  @Test
  void numbersOfAllSizesAreLogged() throws IOException {
    Path file = dir.resolve("a.tph");
    try (SyncStore<Integer, Long> store =
        SyncStore.builder(Codecs.int32(), Codecs.int64())
            .windowBytes(1 << 20)
            .durability(Durability.EACH_CHANGE)
            .open(file)) {
      for (int i = -50; i < 50; i++) {
        store.put(i, (long) i);
        store.merge(i, 7L, Long::sum);
      }
      store.remove(3);
      Map<Integer, Long> model = new HashMap<>(store);
      try (SyncStore<Integer, Long> other =
          SyncStore.builder(Codecs.int32(), Codecs.int64()).open(afterReboot(file))) {
        assertEquals(model, new HashMap<>(other));
        assertNull(other.get(3));
        assertEquals(-43L, other.get(-50));
      }
    }
  }

  @Test
  void aPowerCutBesideWritingThreadsTakesNothingThatHasReturned() throws Exception {
    Path file = dir.resolve("a.tph");
    Map<String, String> acknowledged = new ConcurrentHashMap<>();
    try (SyncStore<String, String> store =
        builder(4).durability(Durability.EACH_CHANGE).open(file)) {
      Thread[] threads = new Thread[8];
      for (int t = 0; t < threads.length; t++) {
        int id = t;
        threads[t] =
            new Thread(
                () -> {
                  for (int i = 0; i < 150; i++) {
                    String key = id + "-" + i;
                    store.set(key, "v" + key);
                    acknowledged.put(key, "v" + key);
                  }
                });
        threads[t].start();
      }
      for (int i = 0; i < 4; i++) {
        while (acknowledged.size() < 250 * i) {
          Thread.onSpinWait();
        }
        Map<String, String> before = new HashMap<>(acknowledged);
        Path rebooted = afterReboot(file);
        try (SyncStore<String, String> other = open(rebooted)) {
          Map<String, String> found = new HashMap<>(other);
          before.forEach((key, value) -> assertEquals(value, found.get(key), key));
        }
        delete(rebooted);
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(acknowledged, new HashMap<>(store));
    }
    try (SyncStore<String, String> store = open(file)) {
      assertEquals(acknowledged, new HashMap<>(store));
    }
  }

  @Test
  void theLevelCanBeLoweredAndRaisedAgain() throws IOException {
    Path file = dir.resolve("a.tph");
    try (SyncStore<String, String> store = builder(4).open(file)) {
      Map<String, String> model = new HashMap<>();
      Random random = new Random(9);
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 30; i++) {
          change(store, model, random, i);
        }
        store.durability(Durability.EACH_CHANGE);
        for (int i = 0; i < 30; i++) {
          change(store, model, random, i);
        }
        try (SyncStore<String, String> other = open(afterReboot(file))) {
          assertEquals(model, new HashMap<>(other));
        }
        store.durability(Durability.PROCESS);
        assertEquals(Durability.PROCESS, store.durability());
        Map<String, String> lowered = new HashMap<>(store);
        store.set("later", "lost");
        try (SyncStore<String, String> other = open(afterReboot(file))) {
          assertEquals(lowered, new HashMap<>(other));
        }
        store.remove("later");
        model.remove("later");
      }
    }
  }

  @Test
  void statsSayWhatWasLoggedAndWhatWasTakenFromTheLog() throws IOException {
    Path file = dir.resolve("a.tph");
    try (SyncStore<String, String> store = builder(4).open(file)) {
      store.set("not", "logged");
      assertEquals(new SyncStats.Log(0, 0, 0, 0, 64 << 20), store.stats().log());
      assertEquals(-1, recovered(file).recoveredChanges());
      store.durability(Durability.EACH_CHANGE);
      for (int i = 0; i < 10; i++) {
        store.set("key-" + i, "v");
      }
      store.set("in parts", "v".repeat(200_000)); // more than half a lane
      store.force();
      SyncStats.Log logged = store.stats().log();
      assertEquals(11, logged.changes());
      assertTrue(logged.batches() >= 11, logged::toString);
      assertTrue(logged.bytes() > 200_000, logged::toString);
      assertEquals(0, logged.bytes() % 4096);
      assertEquals(logFiles(file).size() * (16L << 20), logged.fileBytes());
      store.set("later", "1");
      store.set("later", "2");
      store.remove("key-1");
      assertEquals(3, recovered(file).recoveredChanges());
      assertFalse(recovered(file).logIncomplete());
      assertEquals(14, store.stats().log().changes());
    }
  }

  private SyncStats.Checkpoint recovered(Path file) throws IOException {
    try (SyncStore<String, String> store = open(afterReboot(file))) {
      return store.stats().checkpoint();
    }
  }

  @Test
  void putAllWaitsOnceForAllOfItsEntries() throws IOException {
    Path file = dir.resolve("a.tph");
    Map<String, String> many = new HashMap<>();
    for (int i = 0; i < 1_000; i++) {
      many.put("key-" + i, "value-" + i);
    }
    try (SyncStore<String, String> store =
        builder(4).durability(Durability.EACH_CHANGE).open(file)) {
      store.putAll(many);
      assertEquals(1_000, store.stats().log().changes());
      assertEquals(1, store.stats().log().batches());
      try (SyncStore<String, String> other = open(afterReboot(file))) {
        assertEquals(many, new HashMap<>(other));
      }
      many.replaceAll((key, value) -> "x".repeat(2_000)); // more than the lanes have room for
      store.putAll(many);
      assertTrue(store.stats().log().batches() < 40, () -> store.stats().log().toString());
      try (SyncStore<String, String> other = open(afterReboot(file))) {
        assertEquals(many, new HashMap<>(other));
      }
    }
  }

  @Test
  void whatPutAllHasStoredBeforeItFailsIsDurable() throws IOException {
    Path file = dir.resolve("a.tph");
    Map<String, String> many = new LinkedHashMap<>();
    for (int i = 0; i < 1_000; i++) {
      many.put("key-" + i, i == 700 ? null : "value-" + i);
    }
    try (SyncStore<String, String> store =
        builder(4).durability(Durability.EACH_CHANGE).open(file)) {
      assertThrows(NullPointerException.class, () -> store.putAll(many));
      assertTrue(store.size() > 600, () -> "size=" + store.size());
      try (SyncStore<String, String> other = open(afterReboot(file))) {
        assertEquals(new HashMap<>(store), new HashMap<>(other));
      }
    }
  }

  @Test
  void putAllOfLongsWaitsOnceToo() throws IOException {
    Path file = dir.resolve("a.tph");
    long[] keys = LongStream.range(0, 5_000).toArray();
    try (LongSyncStore store = SyncStore.longs().durability(Durability.EACH_CHANGE).open(file)) {
      store.putAll(keys, keys);
      long batches = store.stats().log().batches();
      assertTrue(batches < 10, () -> "batches=" + batches);
      store.asMap().putAll(Map.of(5_000L, 1L, 5_001L, 2L, 5_002L, 3L));
      assertEquals(batches + 1, store.stats().log().batches());
      assertEquals(5_003, store.stats().log().changes());
      try (LongSyncStore other = SyncStore.longs().open(afterReboot(file))) {
        assertEquals(store.asMap(), other.asMap());
      }
    }
  }

  @Test
  void aCacheRefusesToLog() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                CacheStore.builder(Codecs.utf8(), Codecs.utf8())
                    .durability(Durability.EACH_CHANGE)
                    .open(dir.resolve("cache.tph")));
    assertTrue(e.getMessage().contains("POWER_LOSS"), e::getMessage);
  }

  @Test
  void aLogThatIsMissingOrForeignOrCutIsSaidToBe() throws IOException {
    Path file = dir.resolve("a.tph");
    Path strange = dir.resolve("b.tph");
    try (SyncStore<String, String> store =
            builder(4).durability(Durability.EACH_CHANGE).open(file);
        SyncStore<String, String> other =
            builder(4).durability(Durability.EACH_CHANGE).open(strange)) {
      other.set("of another", "store");
      store.set("first", "1");
      store.force();
      store.set("second", "2");
      Path missing = afterReboot(file);
      for (Path log : logFiles(missing)) {
        Files.delete(log);
      }
      Path foreign = afterReboot(file);
      for (Path log : logFiles(foreign)) {
        Files.delete(log);
      }
      Files.copy(
          logFiles(strange).get(0), foreign.resolveSibling(foreign.getFileName() + ".log-0"));
      Path cut = afterReboot(file);
      try (RandomAccessFile log = new RandomAccessFile(logFiles(cut).get(0).toFile(), "rw")) {
        log.setLength(5_000);
      }
      for (Path each : List.of(missing, foreign, cut)) {
        log.clear();
        try (SyncStore<String, String> opened = open(each)) {
          assertEquals("1", opened.get("first"));
          assertNull(opened.get("second"));
          assertTrue(log.hasSaid("are lost"), log::toString);
          assertTrue(opened.stats().checkpoint().logIncomplete());
          opened.set("third", "3");
          try (SyncStore<String, String> again = open(afterReboot(each))) {
            assertEquals("3", again.get("third"));
          }
        }
      }
    }
  }
}
