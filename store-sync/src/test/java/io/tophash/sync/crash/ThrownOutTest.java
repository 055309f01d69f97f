package io.tophash.sync.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.VerifyReport;
import io.tophash.core.crash.CrashHook;
import io.tophash.core.crash.InMemoryDirectory;
import io.tophash.sync.crash.Target.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * An Error before any store of any operation, and, as at the end of the stack, before each one
 * after it until the caller has it: the entry is as it was or changed, the count is right, nothing
 * is lost or forgotten, and the store goes on, in this process and in others.
 */
@Tag("hook")
@Tag("crash")
@Tag("full")
class ThrownOutTest {
  private static final Set<String> QUICK =
      Set.of("longs, few keys", "records, few keys", "large records", "records, split 1", "clear");

  @TempDir(factory = InMemoryDirectory.class)
  Path directory;

  /** Throws before the n-th store, and before all later ones if they are to fail, too. */
  private static final class Thrower implements CrashHook.Tracer {
    private final boolean goesOn;
    private int left;
    boolean hasThrown;

    Thrower(int stores, boolean goesOn) {
      this.left = stores;
      this.goesOn = goesOn;
    }

    @Override
    public void reached(String point) {}

    @Override
    public void fence() {}

    @Override
    public void storing(long position, int length, boolean release) {
      if (left-- > 0 || hasThrown && !goesOn) {
        return;
      }
      hasThrown = true;
      throw new StackOverflowError("by a test");
    }
  }

  @TestFactory
  Stream<DynamicTest> anErrorBeforeAnyStoreLosesNothing() {
    return Scene.all(directory).stream()
        .filter(scene -> QUICK.contains(scene.name()) || Boolean.getBoolean("tophash.long"))
        .flatMap(scene -> Stream.of(test(scene, true), test(scene, false)));
  }

  private DynamicTest test(Scene scene, boolean goesOn) {
    String name = scene.name() + (goesOn ? ", to the end" : ", once");
    return DynamicTest.dynamicTest(
        name, () -> run(scene, goesOn, directory.resolve(name + ".tph")));
  }

  private static void run(Scene scene, boolean goesOn, Path path) {
    Map<Long, Long> model = Map.of();
    int thrown = 0;
    try (Target<?, ?> target =
        Target.open(scene.kind(), path, scene.shards(), false, Duration.ofSeconds(5))) {
      for (Op op : scene.setup()) {
        op.run(target, model);
        model = LaterState.of(model, op);
      }
      for (Op op : scene.script()) {
        if (op.what() == Op.What.REOPEN) {
          continue;
        }
        for (int stores = 0; ; stores++) {
          Thrower thrower = new Thrower(stores, goesOn);
          if (!throwsOut(thrower, op, target, model)) {
            model = op.after(model);
            break;
          }
          thrown++;
          model = check(target, model, op.after(model), op + " stores=" + stores);
        }
      }
    }
    int all = thrown;
    assertTrue(thrown > 20, () -> "thrown=" + all);
  }

  private static boolean throwsOut(
      Thrower thrower, Op op, Target<?, ?> target, Map<Long, Long> model) {
    CrashHook.trace(thrower);
    try {
      op.run(target, model);
      return thrower.hasThrown; // and somebody has caught it
    } catch (StackOverflowError e) {
      return true;
    } finally {
      CrashHook.trace(null);
    }
  }

  /** Returns which of two states the store has. */
  private static Map<Long, Long> check(
      Target<?, ?> target, Map<Long, Long> before, Map<Long, Long> after, String where) {
    Set<Long> keys = new TreeSet<>(before.keySet());
    keys.addAll(after.keySet());
    Map<Long, Long> found = new HashMap<>();
    for (long key : keys) {
      Long value = target.get(key);
      if (value != null) {
        found.put(key, value);
      }
    }
    assertTrue(
        found.equals(before) || found.equals(after),
        () -> where + ": neither as it was nor changed, found=" + found);
    assertEquals(found.size(), target.sizeLong(), where);
    VerifyReport report = target.verify();
    assertTrue(report.isClean(), () -> where + ": " + report);
    return found.equals(before) ? before : after;
  }

  @Test
  void anotherProcessDoesNotWait() {
    Path path = directory.resolve("shared.tph");
    try (Target<?, ?> target = Target.open(Kind.LONGS, path, 1)) {
      Op.set(1, 10).run(target, Map.of());
      for (int stores = 0; stores < 4; stores++) {
        // The hazard, or the lock, and what comes behind it; no operation of this process follows.
        Op op = stores % 2 == 0 ? Op.set(1, 20) : Op.set(100 + stores, 20);
        CrashHook.trace(new Thrower(1 + stores / 2, true));
        try {
          assertThrows(StackOverflowError.class, () -> op.run(target, Map.of()));
        } finally {
          CrashHook.trace(null);
        }
        Peer.Stage stage = new Peer.Stage(Kind.LONGS, path, 1);
        try (Peer peer = Peer.start(Participant.Role.WRITER, stage, 7 + stores, 0, 300)) {
          assertEquals(0, peer.await(), () -> peer.said().toString());
        }
      }
    }
  }
}
