package io.tophash.sync;

import io.tophash.core.testing.Effort;
import io.tophash.sync.format.SegmentLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.kotlinx.lincheck.LinChecker;
import org.jetbrains.kotlinx.lincheck.annotations.Operation;
import org.jetbrains.kotlinx.lincheck.annotations.Param;
import org.jetbrains.kotlinx.lincheck.paramgen.IntGen;
import org.jetbrains.kotlinx.lincheck.strategy.stress.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever several threads do at once to a few keys has the results that it would have had one
 * after the other, in an order that fits time. All keys are in one shard of tiny segments, in which
 * another thread works too, so that segments are rebuilt, split, merged and promoted all the while.
 *
 * <p>Each run has keys of its own in one store for all.
 */
@Tag("lincheck")
@Param(name = "key", gen = IntGen.class, conf = "0:2")
@Param(name = "value", gen = IntGen.class, conf = "0:3")
@Tag("race")
public class LinearizableLongsTest {
  private static final int MOST_ENTRIES = 300;
  private static final AtomicLong NEXT = new AtomicLong();

  private static LongSyncStore store;

  private final long base = NEXT.getAndAdd(4);

  /** Each run of Lincheck makes one. */
  public LinearizableLongsTest() {
    if (store != null && store.sizeLong() > MOST_ENTRIES) {
      store.clear();
    }
  }

  /** One of the values is the number that stands for a deleted entry. */
  private static long stored(int value) {
    return value == 3 ? SegmentLayout.USUAL_NIL : value;
  }

  @Operation
  public long get(@Param(name = "key") int key) {
    return store.get(base + key);
  }

  @Operation
  public long put(@Param(name = "key") int key, @Param(name = "value") int value) {
    return store.put(base + key, stored(value));
  }

  @Operation
  public long putIfAbsent(@Param(name = "key") int key, @Param(name = "value") int value) {
    return store.putIfAbsent(base + key, stored(value));
  }

  @Operation
  public long remove(@Param(name = "key") int key) {
    return store.remove(base + key);
  }

  @Operation
  public boolean removeIf(@Param(name = "key") int key, @Param(name = "value") int value) {
    return store.remove(base + key, stored(value));
  }

  @Operation
  public boolean replace(
      @Param(name = "key") int key,
      @Param(name = "value") int expected,
      @Param(name = "value") int value) {
    return store.replace(base + key, stored(expected), stored(value));
  }

  @Operation
  public long addAndGet(@Param(name = "key") int key, @Param(name = "value") int value) {
    return store.addAndGet(base + key, value);
  }

  @Test
  void operationsOnLongsAreLinearizable() {
    try (LongSyncStore opened =
        SyncStore.longs()
            .missingValue(-1)
            .shards(1)
            .windowBytes(1 << 20)
            .maxSegmentBytes(1_000)
            .openTemporary()) {
      store = opened;
      Churn churn =
          Churn.of(
              random -> {
                long key = -1 - random.nextInt(200);
                if (random.nextInt(2) == 0) {
                  opened.put(key, random.nextInt(3) == 0 ? SegmentLayout.USUAL_NIL : 5);
                } else {
                  opened.remove(key);
                }
                opened.get(-random.nextInt(300));
              });
      try {
        LinChecker.check(getClass(), options(Model.class));
      } finally {
        churn.end();
      }
      Described.verifyMeanwhile(opened);
    }
  }

  static StressOptions options(Class<?> model) {
    return new StressOptions()
        .sequentialSpecification(model)
        .threads(3)
        .actorsPerThread(3)
        .actorsBefore(1)
        .actorsAfter(1)
        .iterations(Effort.of(4, 12, 200))
        .invocationsPerIteration(Effort.of(300, 300, 5_000));
  }

  /** A thread that works beside the checker. */
  static final class Churn {
    interface Step {
      void run(Random random);
    }

    private volatile boolean ended;
    private volatile Throwable failure;
    private final Thread thread;

    private Churn(Step step) {
      Random random = new Random(1);
      thread =
          new Thread(
              () -> {
                try {
                  while (!ended) {
                    step.run(random);
                  }
                } catch (Throwable e) {
                  failure = e;
                }
              });
    }

    static Churn of(Step step) {
      Churn churn = new Churn(step);
      churn.thread.start();
      return churn;
    }

    void end() {
      ended = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      if (failure != null) {
        throw new AssertionError(failure);
      }
    }
  }

  /** The same, for one thread. */
  public static class Model {
    private final Map<Integer, Long> map = new HashMap<>();

    private static long orMissing(Long value) {
      return value == null ? -1 : value;
    }

    public long get(int key) {
      return map.getOrDefault(key, -1L);
    }

    public long put(int key, int value) {
      return orMissing(map.put(key, stored(value)));
    }

    public long putIfAbsent(int key, int value) {
      return orMissing(map.putIfAbsent(key, stored(value)));
    }

    public long remove(int key) {
      return orMissing(map.remove(key));
    }

    public boolean removeIf(int key, int value) {
      return map.remove(key, stored(value));
    }

    public boolean replace(int key, int expected, int value) {
      return map.replace(key, stored(expected), stored(value));
    }

    public long addAndGet(int key, int value) {
      return map.merge(key, (long) value, Long::sum);
    }
  }
}
