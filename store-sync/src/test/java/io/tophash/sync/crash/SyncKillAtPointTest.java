package io.tophash.sync.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.VerifyReport;
import io.tophash.core.crash.InMemoryDirectory;
import io.tophash.sync.crash.Participant.End;
import io.tophash.sync.crash.Participant.Role;
import io.tophash.sync.crash.Peer.Stage;
import io.tophash.sync.crash.Target.Kind;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Real processes that end at each named point of an operation, while another process and this one
 * go on with the same store.
 */
@Tag("crash")
@Tag("full")
class SyncKillAtPointTest {
  private static final boolean LONG = Boolean.getBoolean("tophash.long");
  private static final int OPERATIONS = 1_500;
  private static final int BESIDE = 1;
  private static final int VICTIM = 2;

  /** Points of operations that hold the lock of a shard. */
  private static final List<String> UNDER_LOCK =
      List.of("rebuild.", "split.", "directory.", "large.", "extent.", "run.");

  @TempDir(factory = InMemoryDirectory.class)
  Path directory;

  private boolean halted;

  @ParameterizedTest
  @EnumSource
  void aProcessThatEndsAtANamedPointLosesNothing(Kind kind) {
    Map<String, Integer> counts = counts(kind);
    assertTrue(counts.size() > (kind == Kind.RECORDS ? 15 : 8), () -> "points=" + counts);
    Stage stage = new Stage(kind, directory.resolve("a.tph"), 2);
    Script beside = new Script(kind, BESIDE);
    int kills = 0;
    long takeovers = 0;
    try (Target<?, ?> target = stage.open();
        Peer other = Peer.start(Role.WRITER, stage, BESIDE, 0, Integer.MAX_VALUE)) {
      long first = 0;
      for (Map.Entry<String, Integer> count : counts.entrySet()) {
        // Only who is alone with the store comes to these.
        if (count.getKey().startsWith("create.")
            || count.getKey().startsWith("reserve.") // made with the store
            || count.getKey().startsWith("detach.")
            || count.getKey().equals("directory.forced")) {
          continue;
        }
        if (count.getKey().startsWith("directory.")) {
          killAlone(kind, count.getKey(), 1);
          kills++;
          continue;
        }
        Set<Integer> times = new LinkedHashSet<>(LONG ? List.of(1, 2, 3, 7) : List.of(1));
        for (int nth : times) {
          if (nth > count.getValue()) {
            continue;
          }
          long before = target.stats().takeovers();
          first = kill(stage, target, first, count.getKey(), nth);
          kills++;
          boolean reached = halted;
          if (!reached) {
            // Beside others it was always another one that came to this point, or nobody.
            killAlone(kind, count.getKey(), nth);
          }
          VerifyReport report = target.verify();
          assertTrue(report.isClean(), () -> count.getKey() + ": " + report.findings());
          long moved = target.stats().takeovers() - before;
          takeovers += moved;
          assertTrue(
              moved > 0 || !reached || UNDER_LOCK.stream().noneMatch(count.getKey()::startsWith),
              () -> "no take-over after " + count.getKey());
          assertTrue(other.awaitLines(1), () -> other.said().toString());
        }
      }
      other.kill();
      assertEquals(List.of(), List.copyOf(other.said()));
      assertNull(beside.check(target, other.acknowledged()));
      assertTrue(target.verify().isClean());
      assertEquals(target.entries().size(), target.sizeLong());
    }
    System.out.println(
        "kills at points: kind=" + kind + " kills=" + kills + " takeovers=" + takeovers);
  }

  /** A shard is emptied as a whole or not at all. */
  @ParameterizedTest
  @CsvSource({
    "LONGS, clear.noted",
    "LONGS, clear.published",
    "RECORDS, clear.noted",
    "RECORDS, clear.published",
    "RECORDS, clear.freed",
    "RECORDS, clear.emptied",
  })
  void aProcessThatEndsWhileItClearsLeavesAllOrNothing(Kind kind, String point) {
    Stage stage = new Stage(kind, directory.resolve("clear.tph"), 1);
    try (Target<?, ?> target = stage.open()) {
      for (int times = 1; times < 3; times++) {
        try (Peer peer =
            Peer.start(Role.CLEARER, stage, VICTIM, 0, 1_000, End.HALT, point, times)) {
          assertEquals(Participant.HALTED, peer.await(), () -> peer.said().toString());
          long before = target.stats().takeovers();
          Map<Long, Long> found = target.entries();
          if (!found.isEmpty() || point.equals("clear.noted")) {
            Map<Long, Long> all = new Script(kind, VICTIM).state(peer.acknowledged());
            assertEquals(all, found);
          }
          target.set(1, 10_000_000);
          target.delete(1);
          assertEquals(before + 1, target.stats().takeovers());
          assertTrue(target.verify().isClean());
          assertEquals(found, target.entries());
          target.clear();
        }
      }
    }
  }

  /** How often a writer reaches each point. */
  private Map<String, Integer> counts(Kind kind) {
    Stage stage = new Stage(kind, directory.resolve("count.tph"), 2);
    Map<String, Integer> counts = new TreeMap<>();
    try (Peer peer = Peer.start(Role.WRITER, stage, VICTIM, 0, OPERATIONS, End.COUNT, "-", 0)) {
      assertEquals(0, peer.await(), () -> peer.said().toString());
      peer.said().forEach(l -> counts.put(l.split(" ")[0], Integer.valueOf(l.split(" ")[1])));
    }
    return counts;
  }

  /** In a store of its own, which is empty: as the points were counted, so it is reached. */
  private void killAlone(Kind kind, String point, int times) {
    Stage stage = new Stage(kind, directory.resolve(point + times + ".tph"), 2);
    try (Target<?, ?> target = stage.open()) {
      kill(stage, target, 0, point, times);
      assertTrue(halted, point);
      VerifyReport report = target.verify();
      assertTrue(report.isClean(), () -> point + ": " + report.findings());
      if (UNDER_LOCK.stream().anyMatch(point::startsWith)) {
        assertEquals(1, target.stats().takeovers(), point);
      }
    }
  }

  /** Returns where the next one goes on. */
  private long kill(Stage stage, Target<?, ?> target, long first, String point, int times) {
    try (Peer peer =
        Peer.start(Role.WRITER, stage, VICTIM, first, 20_000, End.HALT, point, times)) {
      int status = peer.await();
      halted = status == Participant.HALTED;
      assertEquals(List.of(), List.copyOf(peer.said()), point);
      assertTrue(halted || status == 0, () -> point + ": status=" + status);
      assertNull(new Script(stage.kind(), VICTIM).check(target, peer.acknowledged()), point);
      return peer.acknowledged();
    }
  }
}
