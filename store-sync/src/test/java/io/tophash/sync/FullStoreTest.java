package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.crash.CrashHook;
import io.tophash.core.crash.InMemoryDirectory;
import io.tophash.core.errors.StoreFullException;
import io.tophash.core.testing.ChildJvm;
import io.tophash.core.testing.Seeds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A {@code SyncStore} that has reached {@code maxBytes}: what was deleted can be put again. */
@Tag("fault")
@Tag("full")
class FullStoreTest {
  private static final long MAX_BYTES = Seeds.LONG ? 5 << 20 : 3 << 20;

  @TempDir(factory = InMemoryDirectory.class)
  Path dir;

  private SyncStore<Long, byte[]> open() {
    return open(dir.resolve("full.tph"));
  }

  static SyncStore<Long, byte[]> open(Path path) {
    return SyncStore.builder(Codecs.int64(), Codecs.bytes())
        .windowBytes(1 << 20)
        .shards(2)
        .maxBytes(MAX_BYTES)
        .open(path);
  }

  private static byte[] value(long key, int bytes) {
    byte[] value = new byte[bytes];
    Arrays.fill(value, (byte) key);
    return value;
  }

  /** Puts new keys until one finds no room. */
  private static List<Long> fill(SyncStore<Long, byte[]> store, int valueBytes) {
    List<Long> keys = new ArrayList<>();
    for (long key = 0; ; key++) {
      try {
        store.set(key, value(key, valueBytes));
        keys.add(key);
      } catch (StoreFullException e) {
        return keys;
      }
    }
  }

  private void check(SyncStore<Long, byte[]> store, List<Long> keys, int valueBytes)
      throws Exception {
    assertTrue(store.verify().isClean(), () -> store.verify().toString());
    assertEquals(keys.size(), store.sizeLong());
    for (long key : keys) {
      assertEquals(valueBytes, store.get(key).length);
    }
    assertTrue(Files.size(store.path()) <= MAX_BYTES);
  }

  @ParameterizedTest
  @CsvSource({"8, false", "8, true", "100, false", "100, true", "3000, true", "70000, true"})
  void whatWasDeletedCanBePutAgain(int valueBytes, boolean sealed) throws Exception {
    List<Long> keys;
    try (SyncStore<Long, byte[]> store = open()) {
      keys = fill(store, valueBytes);
      if (sealed) {
        store.force();
      }
      Collections.shuffle(keys, new Random(1));
      for (int round = 0; round < 2; round++) {
        for (long key : keys.subList(0, keys.size() / 2)) {
          assertTrue(store.delete(key));
        }
        check(store, keys.subList(keys.size() / 2, keys.size()), valueBytes);
        if (sealed) {
          store.force();
        }
        for (long key : keys.subList(0, keys.size() / 2)) {
          store.set(key, value(key, valueBytes));
        }
        check(store, keys, valueBytes);
      }
    }
    try (SyncStore<Long, byte[]> store = open()) { // all of it is sealed now
      for (long key : keys) {
        assertTrue(store.delete(key));
      }
      check(store, List.of(), valueBytes);
    }
  }

  /** Very many small values take long. */
  static IntStream sizesForOtherKeys() {
    return Seeds.LONG ? IntStream.of(8, 100, 3_000, 70_000) : IntStream.of(100, 3_000, 70_000);
  }

  /** Other keys fit as far as their segments have room. */
  @ParameterizedTest
  @MethodSource("sizesForOtherKeys")
  void otherKeysFindTheRoomOfDeletedOnes(int valueBytes) throws Exception {
    try (SyncStore<Long, byte[]> store = open()) {
      List<Long> keys = fill(store, valueBytes);
      store.force();
      Collections.shuffle(keys, new Random(1));
      int half = keys.size() / 2;
      for (long key : keys.subList(0, half)) {
        assertTrue(store.delete(key));
      }
      int put = 0;
      try {
        for (; put < half; put++) {
          store.set(1_000_000_000L + put, value(put, valueBytes));
        }
      } catch (StoreFullException e) {
        // As far as it goes.
      }
      System.out.println(
          "put again: valueBytes=" + valueBytes + " deleted=" + half + " put=" + put);
      assertTrue(store.verify().isClean());
      store.compact();
      assertTrue(store.verify().isClean());
      assertTrue(Files.size(store.path()) <= MAX_BYTES);
      int more = put;
      try {
        for (; more < half; more++) {
          store.set(1_000_000_000L + more, value(more, valueBytes));
        }
      } catch (StoreFullException e) {
        // As far as it goes.
      }
      System.out.println("  after compact=" + more + " length=" + Files.size(store.path()));
    }
  }

  /** Killed in the middle of a copy: nothing is lost, and the reserve is enough. */
  @ParameterizedTest
  @ValueSource(strings = {"directory.freshened", "copy.built"})
  void aKillInAFullStoreLosesNothing(String point) throws Exception {
    List<Long> keys;
    try (SyncStore<Long, byte[]> store = open()) {
      keys = fill(store, 100);
    }
    long deleted = 0;
    try (ChildJvm child =
        ChildJvm.start(
            List.of("-Dtophash.crashHook=" + CrashHook.class.getName()),
            FullStoreChild.class,
            dir.resolve("full.tph"),
            keys.size(),
            point)) {
      for (String line = child.readLine(); line != null; line = child.readLine()) {
        deleted = Long.parseLong(line);
      }
      assertEquals(FullStoreChild.HALTED, child.waitForEnd());
    }
    try (SyncStore<Long, byte[]> store = open()) {
      for (long key = deleted + 1; key < keys.size(); key++) {
        assertTrue(store.delete(key), point);
      }
      store.delete(deleted); // the one that was under way
      check(store, List.of(), 100);
      assertEquals(keys, fill(store, 100).subList(0, keys.size()));
    }
  }

  @Test
  void compactNeitherThrowsNorLengthensTheFile() throws Exception {
    try (SyncStore<Long, byte[]> store = open()) {
      List<Long> keys = fill(store, 100);
      store.force();
      assertThrows(StoreFullException.class, () -> store.set(-1L, value(1, 60_000)));
      long before = Files.size(store.path());
      store.compact();
      assertTrue(Files.size(store.path()) <= before);
      for (long key : keys.subList(0, keys.size() / 2)) {
        assertTrue(store.delete(key));
      }
      store.compact();
      assertTrue(Files.size(store.path()) <= before);
      check(store, keys.subList(keys.size() / 2, keys.size()), 100);
    }
  }
}
