package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.testing.ApiCalls;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every public method, those to come included, after the store was closed. */
class LifeTest {
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
    return Engines.present().stream()
        .flatMap(
            engine -> {
              LongSyncStore longs = engine.longs(0);
              longs.put(1, 1);
              longs.close();
              return Stream.concat(calls(engine, longs), calls(engine, longs.asMap()));
            });
  }

  private static Stream<DynamicTest> calls(Engines engine, Object closed) {
    List<Method> methods = ApiCalls.methods(closed.getClass());
    assertTrue(methods.size() > 20);
    return methods.stream()
        .filter(method -> !STILL_ANSWER.contains(method.getName()))
        .map(
            method ->
                DynamicTest.dynamicTest(
                    engine + " " + method,
                    () ->
                        assertThrows(
                            IllegalStateException.class, () -> ApiCalls.call(closed, method))));
  }

  @TestFactory
  Stream<DynamicTest> aSecondCloseDoesNothing() {
    return Engines.present().stream()
        .map(
            engine ->
                DynamicTest.dynamicTest(
                    engine.name(),
                    () -> {
                      LongSyncStore store = engine.longs(0);
                      store.close();
                      store.close();
                      assertEquals(true, store.isClosed());
                      assertEquals(true, store.asMap().isClosed());
                    }));
  }
}
