package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.crash.CrashHook;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A change that is too large for the ring of its lane goes to the log in parts, in several batches.
 * A position that is taken meanwhile is one before it.
 */
@Tag("hook")
@Tag("contract")
class LargeChangePositionTest {
  private static final String KEY = "key";
  private static final String LARGE = "x".repeat(2_000_000);

  @TempDir Path directory;

  private SyncStore<String, String> store;
  private String busy; // a key of another shard
  private int changes; // of that one
  private final List<Taken> taken = new ArrayList<>();

  /** A position, and what the busy key was there. */
  private record Taken(ChangePosition position, int busy) {}

  /** Behind each entry of its thread another one changes the other shard; then a look is taken. */
  private final class Looking implements CrashHook.Tracer {
    @Override
    public void reached(String point) {
      if (point.equals("lane.logged")) {
        runElsewhere(() -> store.set(busy, Integer.toString(++changes)));
        taken.add(new Taken(store.changePosition(), changes));
      }
    }

    @Override
    public void storing(long position, int length, boolean release) {}

    @Override
    public void fence() {}
  }

  private static void runElsewhere(Runnable action) {
    Thread thread = new Thread(action);
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void endTracing() {
    CrashHook.trace(null);
  }

  private String keyOfAnotherShard() {
    try (Changes<String, String> any = store.changes(store.changePosition())) {
      int i = 0;
      while (any.shardOf("busy-" + i) == any.shardOf(KEY)) {
        i++;
      }
      return "busy-" + i;
    }
  }

  /** Values of a key, the large one by its length, in what follows a position. */
  private List<String> values(ChangePosition from, String key) {
    List<String> found = new ArrayList<>();
    try (Changes<String, String> stream = store.changes(from)) {
      for (Change<String, String> c = stream.poll(); c != null; c = stream.poll()) {
        if (c.key().equals(key)) {
          found.add(c.value().equals(LARGE) ? "large" : c.value());
        }
      }
    }
    return found;
  }

  private List<String> busyAfter(int known) {
    List<String> values = new ArrayList<>();
    for (int i = known + 1; i <= changes; i++) {
      values.add(Integer.toString(i));
    }
    return values;
  }

  @Test
  void itIsBeforeTheChangeThatIsUnderWay() {
    SyncStore<String, String> opened =
        SyncStore.builder(Codecs.utf8(), Codecs.utf8())
            .shards(2)
            .durability(Durability.EACH_CHANGE)
            .open(directory.resolve("a.tph"));
    try (opened) {
      store = opened;
      busy = keyOfAnotherShard();
      for (int round = 0; round < 3; round++) {
        store.set(KEY, "old");
        ChangePosition before = store.changePosition();
        taken.clear();
        CrashHook.trace(new Looking());
        store.set(KEY, LARGE);
        CrashHook.trace(null);
        store.set(KEY, "new");
        assertTrue(taken.size() > 4, () -> "it has not gone in parts, entries=" + taken.size());
        for (Taken t : taken) {
          assertEquals(List.of("large", "new"), values(t.position, KEY));
          assertEquals(busyAfter(t.busy), values(t.position, busy));
        }
        assertEquals(List.of("large", "new"), values(before, KEY));
        assertEquals(List.of(), values(store.changePosition(), KEY));
        // The other shard's change has committed a batch each time, with all parts until then.
        Taken last = taken.get(taken.size() - 1);
        assertEquals(before.place().batch(), last.position.place().batch(), "not taken back");
      }
    }
  }
}
