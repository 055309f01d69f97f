package io.tophash.core.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.StoreMap;
import io.tophash.core.VerifyReport;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Operations begun with any amount of stack left, from none on: each one throws or works, its entry
 * is as it was or changed, no other is touched, and the store goes on.
 */
@Timeout(120)
public abstract class StackOverflowCases {
  private static final long STACK_BYTES = 256 << 10;
  private static final int DIVES = 60;

  protected abstract StoreMap<String, byte[]> openRecords();

  protected abstract StoreMap<Long, Long> openLongs();

  /** Goes down to the end of the stack and runs the action at each frame on the way back. */
  private static final class Dive {
    private final Runnable action;
    int overflows;
    int successes;

    Dive(Runnable action) {
      this.action = action;
    }

    /** True if some frames up have worked: there is enough stack from here on. */
    boolean down() {
      boolean enough;
      try {
        enough = down();
      } catch (StackOverflowError e) {
        enough = false;
      }
      if (enough) {
        return true;
      }
      try {
        action.run();
        return ++successes % 40 == 0;
      } catch (StackOverflowError | InternalError e) {
        // The JDK wraps it in the latter where it links a lambda, and links it with the next call.
        if (!(e instanceof StackOverflowError || e.getCause() instanceof StackOverflowError)) {
          throw e;
        }
        overflows++;
        return false;
      }
    }
  }

  /** What a test does with one key; values are compared in a form that has equals. */
  private static final class Subject<K, V> {
    final StoreMap<K, V> store;
    final Map<K, Object> model = new HashMap<>();
    final IntFunction<K> key;
    final BiFunction<Random, Integer, V> value;
    final Random random = new Random(3);
    K pendingKey;
    Object pendingValue;
    boolean pending;

    Subject(StoreMap<K, V> store, IntFunction<K> key, BiFunction<Random, Integer, V> value) {
      this.store = store;
      this.key = key;
      this.value = value;
    }

    static Object comparable(Object value) {
      return value instanceof byte[] ? ByteBuffer.wrap((byte[]) value) : value;
    }

    // All that needs stack of its own is done before the store is called.
    void operate() {
      if (pending) {
        settle();
      }
      K k = key.apply(random.nextInt(3_000));
      V v = value.apply(random, 300);
      boolean removes = random.nextInt(4) == 0;
      pendingValue = removes ? null : comparable(v);
      pendingKey = k;
      pending = true;
      if (removes) {
        store.remove(k);
      } else {
        store.put(k, v);
      }
      model.put(k, pendingValue);
      pending = false;
    }

    /** Looks what an operation did that has thrown. */
    void settle() {
      Object found = comparable(store.get(pendingKey));
      Object before = model.get(pendingKey);
      if (found == null ? before != null : !found.equals(before)) {
        if (found == null ? pendingValue != null : !found.equals(pendingValue)) {
          throw new AssertionError("neither as it was nor changed, key=" + pendingKey);
        }
        model.put(pendingKey, found);
      }
      pending = false;
    }

    void check() {
      if (pending) {
        settle();
      }
      long present = 0;
      for (Map.Entry<K, Object> entry : model.entrySet()) {
        Object found = comparable(store.get(entry.getKey()));
        if (entry.getValue() == null) {
          assertNull(found, () -> "key=" + entry.getKey());
        } else {
          assertEquals(entry.getValue(), found, () -> "key=" + entry.getKey());
          present++;
        }
      }
      assertEquals(present, store.sizeLong());
      VerifyReport report = store.verify();
      assertTrue(report.isClean(), report::toString);
    }
  }

  private static void run(Subject<?, ?> subject) throws InterruptedException {
    // A class whose initialisation fails is lost to the JVM, whosever it is.
    for (int i = 0; i < 500; i++) {
      subject.operate();
    }
    subject.check();
    int overflows = 0;
    for (int i = 0; i < DIVES; i++) {
      Dive dive = new Dive(subject::operate);
      Throwable[] thrown = new Throwable[1];
      Thread thread = new Thread(null, dive::down, "dive", STACK_BYTES);
      thread.setUncaughtExceptionHandler((t, e) -> thrown[0] = e);
      thread.start();
      thread.join();
      if (thrown[0] != null) {
        throw new AssertionError("dive=" + i, thrown[0]);
      }
      overflows += dive.overflows;
      subject.check();
    }
    int all = overflows;
    assertTrue(overflows > 5 * DIVES, () -> "too few overflows: " + all);
  }

  @Test
  void recordsSurviveTheEndOfTheStack() throws InterruptedException {
    try (StoreMap<String, byte[]> store = openRecords()) {
      run(
          new Subject<>(
              store,
              i -> "key-" + i,
              (random, most) -> {
                byte[] bytes = new byte[random.nextInt(most)];
                random.nextBytes(bytes);
                return bytes;
              }));
    }
  }

  @Test
  void longsSurviveTheEndOfTheStack() throws InterruptedException {
    try (StoreMap<Long, Long> store = openLongs()) {
      run(new Subject<>(store, i -> (long) i, (random, most) -> random.nextLong()));
    }
  }
}
