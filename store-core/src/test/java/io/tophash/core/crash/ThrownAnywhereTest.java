package io.tophash.core.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.HashStore;
import io.tophash.core.testing.Effort;
import io.tophash.core.testing.Stores;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever an operation throws before any of its stores, the entry is as it was or changed, and the
 * same open store goes on: it settles what was left before its next operation. That settling is
 * thrown out of as well.
 */
@Tag("crash")
@Tag("hook")
class ThrownAnywhereTest {
  @TempDir(factory = InMemoryDirectory.class)
  Path directory;

  /** No stack left, say. */
  private static final class Thrown extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** Throws at the first visits of each place in the code, then now and then. */
  private static final class Thrower implements CrashHook.Tracer {
    private final Map<Integer, Integer> visits = new HashMap<>();
    private final Random random = new Random(5);
    int thrown;

    private void visit(int point) {
      int place =
          StackWalker.getInstance()
              .walk(
                  frames ->
                      frames
                          .filter(f -> f.getClassName().startsWith("io.tophash.core."))
                          .filter(f -> !f.getClassName().startsWith("io.tophash.core.crash"))
                          .mapToInt(f -> f.getClassName().hashCode() * 31 + f.getByteCodeIndex())
                          .reduce(point, (a, b) -> a * 31 + b));
      if (visits.merge(place, 1, Integer::sum) <= 3 || random.nextInt(200) == 0) {
        thrown++;
        throw new Thrown();
      }
    }

    @Override
    public void reached(String point) {
      visit(point.hashCode());
    }

    @Override
    public void storing(long position, int length, boolean release) {
      visit(0);
    }

    @Override
    public void fence() {
      visit(1);
    }
  }

  private static Stream<Kind<?, ?>> kinds() {
    return Kind.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  <K, V> void theEntryIsAsItWasOrChanged(Kind<K, V> kind) {
    Workload<K, V> workload = new Workload<>(kind, directory.resolve("store.tph"));
    Map<Object, Object> model = new HashMap<>();
    workload.open();
    workload.preload(model);
    Thrower thrower = new Thrower();
    for (int i = 0; i < Effort.of(200, 1500, 1500); i++) {
      Map<Object, Object> after = workload.after(model, i);
      boolean done = false;
      boolean refused = false;
      boolean failed = false;
      HashStore<K, V> before = workload.store;
      CrashHook.trace(thrower);
      try {
        refused = !workload.run(i);
        done = true;
      } catch (Thrown e) {
        failed = true;
      } finally {
        CrashHook.trace(null);
      }
      if (before.isClosed() && workload.store == before) {
        workload.open(); // thrown while it was opened again
      }
      if (done) {
        model = refused ? model : after;
      }
      if (failed || i % 50 == 0) {
        Map<Object, Object> found = contents(workload.store, thrower);
        assertTrue(
            found.equals(model) || failed && found.equals(after),
            workload.describe(i) + " changed something else");
        model = found;
        Stores.assertClean(workload.store);
      }
    }
    assertTrue(thrower.thrown > 50, () -> "thrown=" + thrower.thrown);
    workload.store.close();
    workload.open();
    assertEquals(model, contents(workload.store, null));
    Stores.assertClean(workload.store);
    workload.store.close();
  }

  private static <K, V> Map<Object, Object> contents(HashStore<K, V> store, Thrower thrower) {
    // The first operation settles; it may be thrown out of, too.
    for (int i = 0; i < 3 && thrower != null; i++) {
      CrashHook.trace(thrower);
      try {
        store.sizeLong();
      } catch (Thrown e) {
        // the next one settles
      } finally {
        CrashHook.trace(null);
      }
    }
    Map<Object, Object> found = new HashMap<>();
    store.forEach((key, value) -> found.put(key, Kind.canonical(value)));
    found.keySet().forEach(key -> assertTrue(store.containsKey(key)));
    assertEquals(found.size(), store.sizeLong());
    return found;
  }
}
