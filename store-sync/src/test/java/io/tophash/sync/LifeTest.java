package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.testing.ApiCalls;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every public method, those to come included, after the store was closed. */
@Tag("contract")
class LifeTest {
  /** Of the methods that are called in turn; ChangesTest follows in an interrupted thread. */
  private static final Set<String> LEFT_OUT = Set.of("close", "clear", "changes", "changePosition");

  @TempDir Path dir;

  private static final Set<String> STILL_ANSWER =
      Set.of(
          "isClosed",
          "close",
          "isReadOnly",
          "missingValue",
          "asMap",
          "keySet",
          "values",
          "entrySet");

  @TestFactory
  Stream<DynamicTest> everyMethodIsRefusedAfterClose() {
    LongSyncStore longs = OneShard.longs(0);
    longs.put(1, 1);
    longs.close();
    return Stream.concat(calls(longs), calls(longs.asMap()));
  }

  private static Stream<DynamicTest> calls(Object closed) {
    List<Method> methods = ApiCalls.methods(closed.getClass());
    assertTrue(methods.size() > 20);
    return methods.stream()
        .filter(method -> !STILL_ANSWER.contains(method.getName()))
        .map(
            method ->
                DynamicTest.dynamicTest(
                    method.toString(),
                    () ->
                        assertThrows(
                            IllegalStateException.class, () -> ApiCalls.call(closed, method))));
  }

  @Test
  void aSecondCloseDoesNothing() {
    LongSyncStore store = OneShard.longs(0);
    store.close();
    store.close();
    assertTrue(store.isClosed());
    assertTrue(store.asMap().isClosed());
  }

  @Test
  void everyMethodWorksInAnInterruptedThreadAndKeepsTheFlag() throws Throwable {
    Path path = dir.resolve("interrupted.tph");
    Thread.currentThread().interrupt();
    try {
      LongSyncStore longs = SyncStore.longs().windowBytes(1 << 20).open(path);
      for (long i = 0; i < 100_000; i++) {
        longs.put(i, i); // grows and maps new windows
      }
      for (Object store : List.of(longs, longs.asMap())) {
        for (Method method : ApiCalls.methods(store.getClass())) {
          if (!LEFT_OUT.contains(method.getName())) {
            ApiCalls.call(store, method);
            assertTrue(Thread.currentThread().isInterrupted(), method::toString);
          }
        }
      }
      longs.clear();
      longs.put(1, 2);
      longs.close();
      assertTrue(Thread.currentThread().isInterrupted());
    } finally {
      Thread.interrupted();
    }
    try (LongSyncStore longs = SyncStore.longs().open(path)) {
      assertEquals(2, longs.get(1));
      Described.verifyAtRest(longs, 1);
    }
  }
}
