package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.crash.InMemoryDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who follows the changes of a store has what the store has, change by change. */
@Tag("contract")
class ChangesTest {
  @TempDir(factory = InMemoryDirectory.class)
  Path dir;

  private SyncStoreBuilder<String, String> builder(int shards) {
    return SyncStore.builder(Codecs.utf8(), Codecs.utf8()).windowBytes(1 << 20).shards(shards);
  }

  private SyncStore<String, String> open(int shards) {
    return builder(shards).durability(Durability.EACH_CHANGE).open(dir.resolve("a.tph"));
  }

  /** Applies all changes that there are to a copy. */
  static void follow(Changes<String, String> changes, Map<String, String> copy) {
    for (Change<String, String> c = changes.poll(); c != null; c = changes.poll()) {
      switch (c.what()) {
        case SET -> copy.put(c.key(), c.value());
        case DELETED -> copy.remove(c.key());
        default -> {
          int shard = c.shard();
          copy.keySet().removeIf(key -> changes.shardOf(key) == shard);
        }
      }
    }
  }

  private static void change(SyncStore<String, String> store, Random random, int count) {
    for (int i = 0; i < count; i++) {
      String key = "key-" + random.nextInt(50);
      switch (random.nextInt(7)) {
        case 0 -> store.delete(key);
        case 1 -> store.putIfAbsent(key, "absent-" + i);
        case 2 -> store.merge(key, "+", (a, b) -> a.length() > 50 ? b : a + b);
        case 3 -> store.set(key, "x".repeat(random.nextInt(60_000)));
        case 4 -> {
          if (random.nextInt(20) == 0) {
            store.clear();
          }
        }
        default -> store.set(key, "value-" + i);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 64})
  void aFollowerOfASnapshotHasWhatTheStoreHas(int shards) {
    Random random = new Random(shards);
    Map<String, String> copy = new HashMap<>();
    ChangePosition kept;
    try (SyncStore<String, String> store = open(shards)) {
      change(store, random, 200);
      try (SyncStore<String, String> then = store.snapshot()) {
        kept = then.changePosition();
        assertEquals(kept, then.changePosition());
        change(store, random, 100); // beside it
        copy.putAll(then);
      }
      try (Changes<String, String> changes = store.changes(kept)) {
        follow(changes, copy);
        assertEquals(new HashMap<>(store), copy);
        for (int i = 0; i < 20; i++) {
          change(store, random, 20);
          follow(changes, copy);
          assertEquals(new HashMap<>(store), copy);
          assertNull(changes.poll());
          if (i % 5 == 0) {
            store.force();
          }
        }
        kept = changes.position();
        assertEquals(kept, store.changePosition());
      }
      change(store, random, 30);
    }
    for (int i = 0; i < 3; i++) { // closed and opened meanwhile
      try (SyncStore<String, String> store = open(shards)) {
        change(store, random, i * 30);
      }
    }
    try (SyncStore<String, String> store = open(shards);
        Changes<String, String> changes = store.changes(kept)) {
      follow(changes, copy);
      assertEquals(new HashMap<>(store), copy);
    }
    try (SyncStore<String, String> reader =
            builder(shards).readOnly(true).open(dir.resolve("a.tph"));
        Changes<String, String> changes = reader.changes(kept)) {
      copy.clear();
      follow(changes, copy); // from a moment on, so it may lack what came before
      assertFalse(copy.isEmpty());
      assertTrue(reader.entrySet().containsAll(copy.entrySet()));
    }
  }

  /** From wherever it is resumed, each change comes once, and those of a shard in their order. */
  @ParameterizedTest
  @ValueSource(ints = {1, 8})
  void noneIsMissingAndNoneComesTwice(int shards) {
    Random random = new Random(3);
    try (SyncStore<String, String> store = open(shards)) {
      ChangePosition position = store.changePosition();
      List<List<String>> made = new ArrayList<>();
      List<List<String>> followed = new ArrayList<>();
      for (int shard = 0; shard < shards; shard++) {
        made.add(new ArrayList<>());
        followed.add(new ArrayList<>());
      }
      try (Changes<String, String> places = store.changes(position)) {
        for (int i = 0; i < 400; i++) {
          String key = "key-" + random.nextInt(40);
          // Large ones go through the lane in parts, and through several batches.
          String value = i + "-" + "y".repeat(random.nextInt(30) == 0 ? 200_000 : 20);
          if (random.nextInt(4) == 0) {
            if (store.delete(key)) {
              made.get(places.shardOf(key)).add(key + " gone");
            }
          } else {
            store.set(key, value);
            made.get(places.shardOf(key)).add(key + " " + value);
          }
        }
      }
      boolean isOver = false;
      while (!isOver) { // kept, and gone on from, behind any change
        try (Changes<String, String> changes =
            store.changes(ChangePosition.of(position.toBytes()))) {
          for (int i = random.nextInt(20); i >= 0 && !isOver; i--) {
            Change<String, String> c = changes.poll();
            isOver = c == null;
            if (!isOver) {
              followed.get(c.shard()).add(c.key() + " " + (c.value() == null ? "gone" : c.value()));
            }
          }
          position = changes.position();
        }
      }
      assertEquals(made, followed);
    }
  }

  /** Threads that write, one that follows beside them: of each key all values come, in order. */
  @Test
  void aFollowerBesideWritersSeesEachValueOfAKey() throws Exception {
    int writers = 4;
    int keys = 10;
    int last = 40;
    try (SyncStore<String, String> store = open(4)) {
      ChangePosition start = store.changePosition();
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < writers; t++) {
        String id = t + "-";
        Thread thread =
            new Thread(
                () -> {
                  for (int n = 1; n <= last; n++) {
                    for (int key = 0; key < keys; key++) {
                      store.set(id + key, Integer.toString(n));
                    }
                  }
                });
        thread.start();
        threads.add(thread);
      }
      Map<String, Integer> seen = new HashMap<>();
      try (Changes<String, String> changes = store.changes(start)) {
        for (int left = writers * keys * last; left > 0; ) {
          Change<String, String> c = changes.take(Duration.ofMillis(50));
          boolean isOver = c == null && threads.stream().noneMatch(Thread::isAlive);
          c = isOver ? changes.poll() : c;
          assertFalse(isOver && c == null, left + " changes are missing");
          if (c != null) {
            int value = Integer.parseInt(c.value());
            assertEquals(seen.getOrDefault(c.key(), 0) + 1, value, c.key());
            seen.put(c.key(), value);
            left--;
          }
        }
        for (Thread thread : threads) {
          thread.join();
        }
        assertNull(changes.poll());
      }
      assertEquals(writers * keys, seen.size());
    }
  }

  @Test
  void numbersOfAllSizesComeAsTheyAre() throws Exception {
    try (LongSyncStore longs =
            SyncStore.longs().durability(Durability.EACH_CHANGE).open(dir.resolve("l.tph"));
        SyncStore<Integer, Integer> ints =
            SyncStore.builder(Codecs.int32(), Codecs.int32())
                .durability(Durability.EACH_CHANGE)
                .open(dir.resolve("i.tph"))) {
      SyncStore<Long, Long> store = longs.asMap();
      ChangePosition from = store.changePosition();
      longs.put(7, -5);
      longs.addAndGet(7, 2);
      try (Changes<Long, Long> changes = store.changes(from)) {
        Change<Long, Long> first = changes.take(Duration.ofSeconds(5));
        assertEquals(new Change<>(Change.What.SET, 7L, -5L, changes.shardOf(7L)), first);
        assertEquals(-3L, changes.take(Duration.ofSeconds(5)).value());
        assertNull(changes.take(Duration.ZERO));
        Thread.currentThread().interrupt();
        longs.put(8, 1);
        assertEquals(1L, changes.poll().value());
        assertThrows(InterruptedException.class, () -> changes.take(Duration.ofDays(1)));
      }
      from = ints.changePosition();
      ints.put(-1, -2);
      ints.remove(-1);
      try (Changes<Integer, Integer> changes = ints.changes(from)) {
        Change<Integer, Integer> first = changes.poll();
        assertEquals(List.of(-1, -2), List.of(first.key(), first.value()));
        assertEquals(Change.What.DELETED, changes.poll().what());
      }
    }
  }

  @Test
  void whatIsClosedDeliversNothing() {
    SyncStore<String, String> store = open(4);
    ChangePosition position = store.changePosition();
    Changes<String, String> closed = store.changes(position);
    closed.close();
    closed.close();
    assertThrows(IllegalStateException.class, closed::poll);
    Changes<String, String> left = store.changes(position);
    store.close();
    assertThrows(IllegalStateException.class, left::poll);
    assertThrows(IllegalStateException.class, () -> store.changes(position));
    left.close();
  }

  @Test
  void aPositionIsItsBytes() {
    try (SyncStore<String, String> store = open(4)) {
      store.set("a", "1");
      ChangePosition position = store.changePosition();
      byte[] bytes = position.toBytes();
      assertEquals(position, ChangePosition.of(bytes));
      assertArrayEquals(bytes, ChangePosition.of(bytes).toBytes());
      assertEquals(36 + 8 * 4, bytes.length);
      store.set("a", "2");
      assertNotEquals(position, store.changePosition());
      for (int length = 0; length < bytes.length; length++) {
        byte[] cut = java.util.Arrays.copyOf(bytes, length);
        refused(cut, "snapshot()");
      }
      for (int at = 0; at < bytes.length; at++) {
        byte[] wrong = bytes.clone();
        wrong[at] ^= 4;
        refused(wrong, at < 8 ? "do not begin" : "were changed");
      }
      refused(new byte[0], "too few");
      refused(new byte[1000], "do not begin");
    }
  }

  private static void refused(byte[] bytes, String says) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> ChangePosition.of(bytes));
    assertTrue(e.getMessage().contains(says), e::getMessage);
    assertTrue(e.getMessage().contains("bytes=" + bytes.length), e::getMessage);
  }
}
