package io.tophash.core.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreLockedException;
import io.tophash.core.memory.RawFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Opening and closing, in order and out of it: nothing is leaked, nothing stays locked. A subclass
 * says how a store of its kind is opened, here and in the children.
 */
public abstract class OpenAndCloseCases {
  private static final int CYCLES = 2_000;
  private static final int STORES = 200;

  /** Far more than a collection takes. */
  private static final int COLLECTIONS = 1_000;

  @TempDir Path dir;

  /** How a store is opened. */
  protected abstract Opened.Opener<Long, Long> opener();

  /** Opens a temporary store and forgets it. */
  protected abstract Path forgetTemporary();

  /** A main class that calls {@link #closeInAHook}. */
  protected abstract Class<?> hooked();

  /** A main class that calls {@link #openWithoutDescriptors}. */
  protected abstract Class<?> manyStores();

  private Opened<Long, Long> open(Path path) {
    return opener().open(path);
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }

  private long mappings() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.filter(line -> line.contains(dir.toString())).count();
    }
  }

  @Test
  void thousandsOfCyclesLeakNeitherDescriptorsNorMappings() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/maps")));
    Path path = dir.resolve("a.tph");
    open(path).close();
    long before = descriptors();
    for (long i = 0; i < CYCLES; i++) {
      try (Opened<Long, Long> store = open(path)) {
        assertEquals(i == 0 ? null : i, store.map().get(1L));
        store.map().merge(1L, 1L, Long::sum);
      }
    }
    assertTrue(descriptors() <= before + 2, () -> "before=" + before);
    collectUntil(() -> mappings() == 0);
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void collectUntil(Condition condition) throws Exception {
    for (int i = 0; !condition.holds(); i++) {
      assertTrue(i < COLLECTIONS, "it never happened");
      System.gc();
      Thread.yield();
    }
  }

  @Test
  void oneProcessOpensManyStores() throws IOException {
    long before = descriptors();
    List<Opened<Long, Long>> stores = new ArrayList<>();
    for (int i = 0; i < STORES; i++) {
      stores.add(open(dir.resolve("store-" + i)));
    }
    for (int i = 0; i < STORES; i++) {
      stores.get(i).map().put((long) i, (long) i);
    }
    for (int i = 0; i < STORES; i++) {
      assertEquals(1, stores.get(i).store().sizeLong());
      stores.get(i).close();
    }
    assertTrue(descriptors() <= before + 2, () -> "before=" + before);
  }

  @Test
  void aForgottenStoreGivesUpItsLock() throws Exception {
    Path path = dir.resolve("forgotten.tph");
    forget(path);
    collectUntil(() -> isUnlocked(path));
    try (Opened<Long, Long> store = open(path)) {
      assertEquals(7, store.map().get(7L));
      assertTrue(store.store().verify().isClean());
    }
  }

  private void forget(Path path) {
    open(path).map().put(7L, 7L);
  }

  /** True if a store of the other kind of opener, which excludes it, could be locked. */
  private static boolean isUnlocked(Path path) {
    try {
      RawFile.open(path).close();
      return true;
    } catch (StoreLockedException e) {
      return false;
    }
  }

  /** An iterator is a use. */
  @Test
  void aStoreThatIsIteratedIsNotForgotten() {
    Path path = dir.resolve("iterated.tph");
    try (Opened<Long, Long> store = open(path)) {
      for (long i = 0; i < 1_000; i++) {
        store.map().put(i, i);
      }
    }
    int count = 0;
    var iterator = open(path).map().entrySet().iterator();
    while (iterator.hasNext()) {
      iterator.next();
      if (count++ % 100 == 0) {
        System.gc();
      }
    }
    assertEquals(1_000, count);
  }

  @Test
  void aForgottenTemporaryStoreIsDeleted() throws Exception {
    Path path = forgetTemporary();
    collectUntil(() -> !Files.exists(path));
  }

  /**
   * Opens, works in threads, and ends by System.exit with a close in a shutdown hook.
   *
   * @param oneAtATime true for a store that one thread may use at a time
   */
  protected static void closeInAHook(
      Path path, Opened.Opener<Long, Long> opener, boolean oneAtATime) throws InterruptedException {
    Opened<Long, Long> store = opener.open(path);
    store.map().put(-1L, 1L);
    Object ofHook = new Object();
    Object ofWorker = oneAtATime ? ofHook : new Object();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  synchronized (ofHook) {
                    store.close();
                  }
                }));
    Thread worker =
        new Thread(
            () -> {
              try {
                for (long i = 0; ; i++) {
                  synchronized (ofWorker) {
                    store.map().put(i & 0xFFFF, i);
                  }
                  if (i == 10_000) {
                    System.out.println("working");
                  }
                }
              } catch (IllegalStateException e) {
                // closed meanwhile
              }
            });
    worker.setDaemon(true);
    worker.start();
    worker.join();
  }

  /** So few descriptors that a few stores use them up. */
  protected static void openWithoutDescriptors(Path dir, Opened.Opener<Long, Long> opener) {
    // Made, and opened again: a class that is loaded later needs a descriptor itself.
    for (int i = 0; i < 2; i++) {
      try (Opened<Long, Long> first = opener.open(dir.resolve("first"))) {
        first.map().put(1L, 1L);
        assertEquals(1, first.map().get(1L));
      }
    }
    List<Opened<Long, Long>> stores = new ArrayList<>();
    try {
      for (int i = 0; i < 500; i++) {
        stores.add(opener.open(dir.resolve("s" + i)));
        stores.get(i).map().put(1L, (long) i);
      }
      System.out.println("no limit");
    } catch (StoreException e) {
      System.out.println("refused " + e.getMessage());
    }
    for (int i = 0; i < stores.size(); i++) {
      Map<Long, Long> map = stores.get(i).map();
      map.put(2L, (long) i);
      if (map.get(1L) != i || map.get(2L) != i) {
        throw new AssertionError("lost");
      }
    }
    stores.get(0).close();
    try (Opened<Long, Long> again = opener.open(dir.resolve("s0"))) {
      System.out.println("goes on " + again.store().sizeLong());
    }
  }

  @Test
  void withoutDescriptorsAnOpenIsRefusedAndTheOpenStoresGoOn() {
    try (ChildJvm child = ChildJvm.start("ulimit -n 100", List.of(), manyStores(), dir)) {
      String line = child.readLine();
      assertTrue(line.startsWith("refused "), line);
      assertTrue(line.contains("open files"), line);
      assertEquals("goes on 2", child.readLine());
      child.assertSucceeds();
    }
  }

  @Test
  void aLockFileThatWasRemovedBetweenOpensIsMadeAgain() throws IOException {
    Path path = dir.resolve("a.tph");
    open(path).close();
    Path lock = dir.resolve("a.tph.lock");
    Files.delete(lock);
    try (Opened<Long, Long> store = open(path)) {
      store.map().put(1L, 1L);
      assertTrue(Files.exists(lock));
    }
    Files.delete(lock);
    Files.createDirectory(lock);
    String message = assertThrows(StoreException.class, () -> open(path)).getMessage();
    assertTrue(message.contains("lock"), message);
    Files.delete(lock);
    Files.writeString(lock, "what somebody else wrote");
    try (Opened<Long, Long> store = open(path)) {
      assertEquals(1, store.map().get(1L));
    }
  }

  @Test
  void closingInAShutdownHookLeavesAWholeStore() throws IOException {
    Path path = dir.resolve("hooked.tph");
    try (ChildJvm child = ChildJvm.start(hooked(), path)) {
      assertEquals("working", child.readLine());
      assertTrue(ProcessHandle.of(child.pid()).orElseThrow().destroy()); // SIGTERM
      assertNotNull(child.readAll());
      assertEquals(128 + 15, child.waitForEnd());
    }
    try (Opened<Long, Long> store = open(path)) {
      assertTrue(store.store().verify().isClean());
      assertFalse(store.map().isEmpty());
      assertEquals(1, store.map().get(-1L));
    }
  }
}
