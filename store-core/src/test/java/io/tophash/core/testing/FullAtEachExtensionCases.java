package io.tophash.core.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.VerifyReport;
import io.tophash.core.crash.FullDisk;
import io.tophash.core.crash.InMemoryDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The disk is full at the n-th extension of the file, for each n: nothing is lost, what needs no
 * space goes on, and all goes on when there is space again. A subclass says how stores of its kind
 * are opened, and how much work extends them often enough.
 */
@Tag("hook")
public abstract class FullAtEachExtensionCases {
  private final int operations;
  private final int largest;
  private final long numbers;

  /**
   * @param operations changes of a store of records
   * @param largest bytes of a large record
   * @param numbers entries of a store of numbers
   */
  protected FullAtEachExtensionCases(int operations, int largest, long numbers) {
    this.operations = operations;
    this.largest = largest;
    this.numbers = numbers;
  }

  @TempDir(factory = InMemoryDirectory.class)
  Path dir;

  /** Opens a store in small windows. */
  protected abstract Opened<String, byte[]> records(Path path);

  /** The same for numbers. */
  protected abstract Opened<Long, Long> longs(Path path);

  /**
   * True if a change of what is there may be refused as well while the disk is full: of a
   * SyncStore, the first change of a segment since the last checkpoint copies it. Whether or not,
   * no entry may be lost or torn.
   *
   * @param n the extension at which the disk was full
   */
  protected boolean anyChangeMayBeRefused(int n) {
    return false;
  }

  /** Makes a change that needs no space of its own; false if it was refused, where it may be. */
  private boolean change(int n, FullDisk disk, FullDisk.Change change) {
    if (!anyChangeMayBeRefused(n)) {
      change.run();
      return true;
    }
    return disk.tryTo(change);
  }

  /** The extension that is tried after the n-th one. */
  protected int next(int n) {
    return n + 1;
  }

  /** One refusal, or all from there on. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void records(boolean stays) throws Exception {
    int n = 0;
    boolean wasFull = true;
    while (wasFull) {
      n = next(n);
      Path path = dir.resolve("records-" + n + "-" + stays);
      wasFull = recordsFullAt(n, stays, path);
      Files.deleteIfExists(path);
    }
    System.out.println("full at each extension: records, stays=" + stays + " extensions=" + n);
    assertTrue(n > 20, "extensions=" + n);
  }

  private boolean recordsFullAt(int n, boolean stays, Path path) {
    Map<String, byte[]> model = new HashMap<>();
    try (FullDisk disk = new FullDisk(n, stays ? Integer.MAX_VALUE : n)) {
      if (!disk.tryTo(() -> records(path).close())) {
        assertTrue(!Files.exists(path), "a store that could not be made");
        disk.makeSpace();
      }
      try (Opened<String, byte[]> store = records(path)) {
        Random random = new Random(1);
        int refused = 0;
        for (int i = 0; i < operations; i++) {
          refused += change(n, disk, store, model, random) ? 0 : 1;
          if (refused == 1 || refused == 40) {
            check(store, model);
            refused++;
          }
        }
        if (disk.wasFull()) {
          // Reads and deletions need no space.
          for (String key : List.copyOf(model.keySet()).subList(0, model.size() / 2)) {
            if (change(n, disk, () -> assertArrayEquals(model.get(key), store.map().remove(key)))) {
              model.remove(key);
            }
          }
          check(store, model);
        }
        disk.makeSpace();
        for (int i = 0; i < operations / 2; i++) {
          assertTrue(change(n, disk, store, model, random), "there is space again");
        }
        check(store, model);
      }
      try (Opened<String, byte[]> again = records(path)) {
        check(again, model);
      }
      return disk.wasFull();
    }
  }

  private boolean change(
      int n,
      FullDisk disk,
      Opened<String, byte[]> store,
      Map<String, byte[]> model,
      Random random) {
    String key = "key-" + random.nextInt(operations);
    if (random.nextInt(6) == 0) {
      if (!change(n, disk, () -> assertArrayEquals(model.get(key), store.map().remove(key)))) {
        return false;
      }
      model.remove(key);
      return true;
    }
    byte[] value = new byte[random.nextInt(random.nextInt(12) == 0 ? largest : 300)];
    random.nextBytes(value);
    if (disk.tryTo(() -> store.map().put(key, value))) {
      model.put(key, value);
      return true;
    }
    assertArrayEquals(model.get(key), store.map().get(key));
    return false;
  }

  private static void check(Opened<String, byte[]> store, Map<String, byte[]> model) {
    VerifyReport report = store.store().verify();
    assertTrue(report.isClean(), () -> report.findings().toString());
    assertEquals(model.size(), store.store().sizeLong());
    model.forEach((key, value) -> assertArrayEquals(value, store.map().get(key)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void longs(boolean stays) throws Exception {
    int n = 0;
    boolean wasFull = true;
    while (wasFull) {
      n++;
      Path path = dir.resolve("longs-" + n + "-" + stays);
      wasFull = longsFullAt(n, stays, path);
      Files.deleteIfExists(path);
    }
    System.out.println("full at each extension: longs, stays=" + stays + " extensions=" + n);
    assertTrue(n > 10, "extensions=" + n);
  }

  private boolean longsFullAt(int n, boolean stays, Path path) {
    Map<Long, Long> model = new HashMap<>();
    try (FullDisk disk = new FullDisk(n, stays ? Integer.MAX_VALUE : n)) {
      if (!disk.tryTo(() -> longs(path).close())) {
        disk.makeSpace();
        longs(path).close();
      }
      try (Opened<Long, Long> opened = longs(path)) {
        Map<Long, Long> store = opened.map();
        for (long key = 0; key < numbers; key++) {
          long k = key;
          if (disk.tryTo(() -> store.put(k, -k))) {
            model.put(k, -k);
          }
        }
        assertEquals(model, store);
        assertTrue(opened.store().verify().isClean());
        // An overwrite of an inline value needs no space.
        for (Long key : List.copyOf(model.keySet())) {
          if (change(n, disk, () -> store.put(key, model.get(key) + 1))) {
            model.merge(key, 1L, Long::sum);
          }
        }
        for (long key = 0; key < numbers; key += 3) {
          long k = key;
          if (change(n, disk, () -> store.remove(k))) {
            model.remove(k);
          }
        }
        assertEquals(model, store);
        disk.makeSpace();
        for (long key = 0; key < numbers; key++) {
          store.put(key, key);
        }
        assertEquals(numbers, opened.store().sizeLong());
        assertTrue(opened.store().verify().isClean());
      }
      return disk.wasFull();
    }
  }
}
