package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreLockedException;
import io.tophash.core.memory.RawFile;
import io.tophash.core.testing.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opening and closing, in order and out of it: nothing is leaked, nothing stays locked. */
class OpenAndCloseTest {
  private static final int CYCLES = 2_000;
  private static final int STORES = 200;

  /** Far more than a collection takes. */
  private static final int COLLECTIONS = 1_000;

  @TempDir Path dir;

  private static LongSyncStore open(Path path) {
    return SyncStore.longs().windowBytes(1 << 20).open(path);
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
      try (LongSyncStore store = open(path)) {
        assertEquals(i, store.get(1));
        store.addAndGet(1, 1);
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
    List<LongSyncStore> stores = new ArrayList<>();
    for (int i = 0; i < STORES; i++) {
      stores.add(open(dir.resolve("store-" + i)));
    }
    for (int i = 0; i < STORES; i++) {
      stores.get(i).put(i, i);
    }
    for (int i = 0; i < STORES; i++) {
      assertEquals(1, stores.get(i).sizeLong());
      stores.get(i).close();
    }
    assertTrue(descriptors() <= before + 2, () -> "before=" + before);
  }

  @Test
  void aForgottenStoreGivesUpItsLock() throws Exception {
    Path path = dir.resolve("forgotten.tph");
    forget(path);
    collectUntil(() -> isUnlocked(path));
    try (LongSyncStore store = open(path)) {
      assertEquals(7, store.get(7));
      assertTrue(store.verify().isClean());
    }
  }

  private static void forget(Path path) {
    open(path).put(7, 7);
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
    try (LongSyncStore store = open(path)) {
      for (long i = 0; i < 1_000; i++) {
        store.put(i, i);
      }
    }
    int count = 0;
    var iterator = open(path).asMap().entrySet().iterator();
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
    Path path = temporary();
    collectUntil(() -> !Files.exists(path));
  }

  private static Path temporary() {
    return SyncStore.longs().windowBytes(1 << 20).openTemporary().path();
  }

  /** Opens, works in threads, and ends by System.exit with a close in a shutdown hook. */
  static final class Hooked {
    public static void main(String[] args) throws InterruptedException {
      LongSyncStore store = open(Path.of(args[0]));
      store.put(-1, 1);
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    store.close();
                  }));
      Thread worker =
          new Thread(
              () -> {
                try {
                  for (long i = 0; ; i++) {
                    store.put(i & 0xFFFF, i);
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
  }

  /** So few descriptors that a few stores use them up. */
  static final class Opener {
    public static void main(String[] args) {
      try (LongSyncStore first = open(Path.of(args[0], "first"))) {
        first.put(1, 1); // a class that is loaded later needs a descriptor itself
      }
      List<LongSyncStore> stores = new ArrayList<>();
      try {
        for (int i = 0; i < 500; i++) {
          stores.add(open(Path.of(args[0], "s" + i)));
          stores.get(i).put(1, i);
        }
        System.out.println("no limit");
      } catch (StoreException e) {
        System.out.println("refused " + e.getMessage());
      }
      for (int i = 0; i < stores.size(); i++) {
        stores.get(i).put(2, i);
        if (stores.get(i).get(1) != i || stores.get(i).get(2) != i) {
          throw new AssertionError("lost");
        }
      }
      stores.get(0).close();
      try (LongSyncStore again = open(Path.of(args[0], "s0"))) {
        System.out.println("goes on " + again.sizeLong());
      }
    }
  }

  @Test
  void withoutDescriptorsAnOpenIsRefusedAndTheOpenStoresGoOn() {
    try (ChildJvm child = ChildJvm.start("ulimit -n 100", List.of(), Opener.class, dir)) {
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
    try (LongSyncStore store = open(path)) {
      store.put(1, 1);
      assertTrue(Files.exists(lock));
    }
    Files.delete(lock);
    Files.createDirectory(lock);
    String message = assertThrows(StoreException.class, () -> open(path)).getMessage();
    assertTrue(message.contains("lock"), message);
    Files.delete(lock);
    Files.writeString(lock, "what somebody else wrote");
    try (LongSyncStore store = open(path)) {
      assertEquals(1, store.get(1));
    }
  }

  @Test
  void closingInAShutdownHookLeavesAWholeStore() throws IOException {
    Path path = dir.resolve("hooked.tph");
    try (ChildJvm child = ChildJvm.start(Hooked.class, path)) {
      assertEquals("working", child.readLine());
      assertTrue(ProcessHandle.of(child.pid()).orElseThrow().destroy()); // SIGTERM
      assertNotNull(child.readAll());
      assertEquals(128 + 15, child.waitForEnd());
    }
    try (LongSyncStore store = open(path)) {
      assertTrue(store.verify().isClean());
      assertFalse(store.isEmpty());
      assertEquals(1, store.get(-1));
    }
  }
}
