package io.tophash.sync;

import io.tophash.core.codec.Codecs;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.kotlinx.lincheck.LinChecker;
import org.jetbrains.kotlinx.lincheck.annotations.Operation;
import org.jetbrains.kotlinx.lincheck.annotations.Param;
import org.jetbrains.kotlinx.lincheck.paramgen.IntGen;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** As {@link LinearizableLongsTest} for records; one of the values is large. */
@Tag("lincheck")
@Param(name = "key", gen = IntGen.class, conf = "0:2")
@Param(name = "value", gen = IntGen.class, conf = "0:3")
@Tag("race")
@Tag("full")
public class LinearizableRecordsTest {
  private static final int MOST_ENTRIES = 300;
  private static final int[] BYTES = {16, 20, 100, 5_000};
  private static final AtomicLong NEXT = new AtomicLong();

  private static SyncStore<String, byte[]> store;

  private final long base = NEXT.getAndAdd(4);

  /** Each run of Lincheck makes one. */
  public LinearizableRecordsTest() {
    if (store != null && store.sizeLong() > MOST_ENTRIES) {
      store.clear();
    }
  }

  private String key(int key) {
    return "key-" + (base + key);
  }

  private byte[] value(int key, int value) {
    return Described.value(key(key), value, BYTES[value]);
  }

  private int number(int key, byte[] value) {
    return value == null ? -1 : (int) Described.check(key(key), value);
  }

  @Operation
  public int get(@Param(name = "key") int key) {
    return number(key, store.get(key(key)));
  }

  @Operation
  public int put(@Param(name = "key") int key, @Param(name = "value") int value) {
    return number(key, store.put(key(key), value(key, value)));
  }

  @Operation
  public int putIfAbsent(@Param(name = "key") int key, @Param(name = "value") int value) {
    return number(key, store.putIfAbsent(key(key), value(key, value)));
  }

  @Operation
  public int remove(@Param(name = "key") int key) {
    return number(key, store.remove(key(key)));
  }

  @Operation
  public boolean removeIf(@Param(name = "key") int key, @Param(name = "value") int value) {
    return store.remove(key(key), value(key, value));
  }

  @Operation
  public boolean replace(
      @Param(name = "key") int key,
      @Param(name = "value") int expected,
      @Param(name = "value") int value) {
    return store.replace(key(key), value(key, expected), value(key, value));
  }

  @Operation
  public int replaceAny(@Param(name = "key") int key, @Param(name = "value") int value) {
    return number(key, store.replace(key(key), value(key, value)));
  }

  @Operation
  public int next(@Param(name = "key") int key) {
    return number(
        key,
        store.compute(
            key(key), (k, v) -> value(key, v == null ? 0 : number(key, v) + 1 & BYTES.length - 1)));
  }

  @Test
  void operationsOnRecordsAreLinearizable() {
    try (SyncStore<String, byte[]> opened =
        SyncStore.builder(Codecs.utf8(), Codecs.bytes())
            .shards(1)
            .windowBytes(4 << 20)
            .maxSegmentBytes(2_000)
            .openTemporary()) {
      store = opened;
      LinearizableLongsTest.Churn churn =
          LinearizableLongsTest.Churn.of(
              random -> {
                String key = "other-" + random.nextInt(100);
                if (random.nextInt(2) == 0) {
                  opened.set(key, Described.value(key, 1, BYTES[random.nextInt(BYTES.length)]));
                } else {
                  opened.delete(key);
                }
                opened.get("other-" + random.nextInt(200));
              });
      try {
        LinChecker.check(getClass(), LinearizableLongsTest.options(Model.class));
      } finally {
        churn.end();
      }
      Described.verifyMeanwhile(opened);
    }
  }

  /** The same, for one thread. */
  public static class Model {
    private final Map<Integer, Integer> map = new HashMap<>();

    private static int orMissing(Integer value) {
      return value == null ? -1 : value;
    }

    public int get(int key) {
      return map.getOrDefault(key, -1);
    }

    public int put(int key, int value) {
      return orMissing(map.put(key, value));
    }

    public int putIfAbsent(int key, int value) {
      return orMissing(map.putIfAbsent(key, value));
    }

    public int remove(int key) {
      return orMissing(map.remove(key));
    }

    public boolean removeIf(int key, int value) {
      return map.remove(key, value);
    }

    public boolean replace(int key, int expected, int value) {
      return map.replace(key, expected, value);
    }

    public int replaceAny(int key, int value) {
      return orMissing(map.replace(key, value));
    }

    public int next(int key) {
      return map.compute(key, (k, v) -> v == null ? 0 : v + 1 & BYTES.length - 1);
    }
  }
}
