package io.tophash.core.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tophash.core.Store;
import io.tophash.core.errors.StoreFullException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A file system of eight megabytes that is really full. Needs the right to mount one, and is
 * skipped without it. A subclass says how stores of its kind are opened.
 */
public abstract class SmallDiskCases {
  private static final int DISK = 8 << 20;
  private static final String WHOLE_DISK = "size=8m";

  @TempDir Path dir;
  private Path disk;
  private boolean isMounted;

  /** Opens a store in small windows. */
  protected abstract Opened<String, byte[]> records(Path path);

  /** The same for numbers. */
  protected abstract Opened<Long, Long> longs(Path path);

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(dir.resolve("disk"));
    isMounted = run("mount", "-t", "tmpfs", "-o", WHOLE_DISK, "tophash-test", disk.toString());
    assumeTrue(isMounted, "this process may not mount a file system");
  }

  @AfterEach
  void unmount() throws Exception {
    // Lazily: what was mapped goes when the collector has found it.
    assertTrue(!isMounted || run("umount", "-l", disk.toString()));
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false; // there is no such command
    }
  }

  private Path occupy(int bytes) throws IOException {
    return Files.write(disk.resolve("other"), new byte[bytes]);
  }

  private static void assertClean(Store store) {
    assertEquals(List.of(), store.verify().findings());
  }

  private static void check(Opened<String, byte[]> store, Map<String, byte[]> model) {
    assertClean(store.store());
    assertEquals(model.size(), store.map().size());
    model.forEach((key, value) -> assertArrayEquals(value, store.map().get(key)));
  }

  private static boolean put(
      Opened<String, byte[]> store, Map<String, byte[]> model, String key, byte[] value) {
    try {
      store.map().put(key, value);
      model.put(key, value);
      return true;
    } catch (StoreFullException e) {
      assertArrayEquals(model.get(key), store.map().get(key));
      return false;
    }
  }

  @Test
  void recordsGoOnWhereTheyCan() throws Exception {
    for (int megabytes = 1; megabytes <= 6; megabytes++) {
      Path path = disk.resolve("a.tph");
      Path other = occupy((megabytes << 20) + megabytes * 12_345);
      Random random = new Random(megabytes);
      Map<String, byte[]> model = new HashMap<>();
      try (Opened<String, byte[]> store = records(path)) {
        int refused = 0;
        for (int i = 0; refused < 50; i++) {
          byte[] value = new byte[random.nextInt(i % 20 == 0 ? 100_000 : 3_000)];
          random.nextBytes(value);
          refused += put(store, model, "key-" + i, value) ? 0 : 1;
          assertTrue(i < 100_000, "it is never full");
        }
        check(store, model);
        List<String> half = List.copyOf(model.keySet()).subList(0, model.size() / 2);
        for (String key : half) {
          assertArrayEquals(model.remove(key), store.map().remove(key));
        }
        check(store, model);
        Files.delete(other);
        for (String key : half) {
          assertTrue(put(store, model, key, new byte[500]), "there is space again");
        }
        check(store, model);
      }
      try (Opened<String, byte[]> again = records(path)) {
        check(again, model);
      }
      Files.delete(path);
      System.gc(); // the space of a deleted file is free when it is not mapped any more
      awaitSpace();
    }
  }

  private void awaitSpace() throws IOException {
    for (int i = 0; disk.toFile().getUsableSpace() < DISK - (1 << 16); i++) {
      assertTrue(i < 1_000, "the file stays mapped");
      System.gc();
      Thread.yield();
    }
  }

  @Test
  void numbersAreOverwrittenAndRemoved() throws Exception {
    Path path = disk.resolve("longs.tph");
    Path other = occupy(5 << 20);
    Map<Long, Long> model = new HashMap<>();
    try (Opened<Long, Long> opened = longs(path)) {
      Store store = opened.store();
      Map<Long, Long> map = opened.map();
      int refused = 0;
      for (long key = 0; refused < 50; key++) {
        try {
          map.put(key, -key);
          model.put(key, -key);
        } catch (StoreFullException e) {
          assertFalse(map.containsKey(key));
          refused++;
        }
        assertTrue(key < 10_000_000, "it is never full");
      }
      assertEquals(model, map);
      assertClean(store);
      model.replaceAll((key, value) -> value + 1);
      model.forEach(map::put); // an overwrite of a value in its cell needs no space
      for (long key = 0; key < 3_000; key += 3) {
        assertEquals(model.remove(key), map.remove(key));
      }
      assertEquals(model, map);
      assertClean(store);
      Files.delete(other);
      for (long key = -50_000; key < 0; key++) {
        map.put(key, key);
        model.put(key, key);
      }
      assertEquals(model, map);
      assertClean(store);
    }
  }

  @Test
  void aStoreThatCannotBeMadeLeavesNothing() throws IOException {
    Path other = occupy(DISK - (1 << 14));
    Path path = disk.resolve("none.tph");
    assertThrows(StoreFullException.class, () -> records(path));
    assertFalse(Files.exists(path));
    assertFalse(Files.exists(disk.resolve("none.tph.new")));
    Files.delete(other);
    try (Opened<String, byte[]> store = records(path)) {
      assertEquals(0, store.store().sizeLong());
    }
  }
}
