package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.kotlinx.lincheck.LinChecker;
import org.jetbrains.kotlinx.lincheck.annotations.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * An addition that is a lookup and a store, without the comparison between: two threads may both
 * read the same value. The checker of {@link LinearizableLongsTest} must find it.
 */
@Tag("lincheck")
@Tag("race")
@Tag("full")
public class LinearizableBrokenTest {
  private static final AtomicLong NEXT = new AtomicLong();

  private static LongSyncStore store;

  private final long key = NEXT.getAndIncrement();

  @Operation
  public long add() {
    long value = store.get(key) + 1;
    Thread.yield(); // widens the hole
    store.put(key, value);
    return value;
  }

  @Test
  void anAdditionWithoutComparisonIsFound() {
    try (LongSyncStore opened = SyncStore.longs().shards(1).windowBytes(1 << 20).openTemporary()) {
      store = opened;
      assertThrows(
          AssertionError.class,
          () -> LinChecker.check(getClass(), LinearizableLongsTest.options(Model.class)));
    }
  }

  /** The same, for one thread. */
  public static class Model {
    private long value;

    public long add() {
      return ++value;
    }
  }
}
