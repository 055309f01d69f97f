package io.tophash.sync.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.crash.InMemoryDirectory;
import io.tophash.core.testing.Effort;
import io.tophash.sync.crash.Participant.End;
import io.tophash.sync.crash.Participant.Role;
import io.tophash.sync.crash.Peer.Stage;
import io.tophash.sync.crash.Target.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Snapshots of several processes, beside their writers, and killed ones. */
@Tag("crash")
@Tag("full")
class SnapshotProcessesTest {
  private static final int HERE = 1;
  private static final int THERE = 2;
  private static final int ELSEWHERE = 3;
  private static final int SNAPSHOTS = Effort.of(5, 5, 40);

  /** Each step of a snapshot, and of the checkpoint at its end. */
  private static final List<String> POINTS =
      List.of(
          "snapshot.cut",
          "snapshot.pinned",
          "snapshot.unpinned",
          "checkpoint.begun",
          "checkpoint.cut",
          "checkpoint.forced",
          "checkpoint.written",
          "checkpoint.rooted",
          "checkpoint.durable",
          "directory.freshened",
          "copy.built");

  @TempDir(factory = InMemoryDirectory.class)
  Path directory;

  /** A snapshot has of each process's row of changes a first part that was done by then. */
  @ParameterizedTest
  @EnumSource
  void aSnapshotIsOneMomentOfWritersInAllProcesses(Kind kind) {
    Stage stage = new Stage(kind, directory.resolve("a.tph"), 4);
    try (Target<?, ?> target = stage.open();
        Peer there = Peer.start(Role.FORCER, stage, THERE, 0, Integer.MAX_VALUE);
        Peer elsewhere = Peer.start(Role.SNAPSHOTTER, stage, ELSEWHERE, 0, Integer.MAX_VALUE)) {
      Script here = new Script(kind, HERE);
      assertTrue(there.awaitLines(20), () -> there.said().toString());
      assertTrue(elsewhere.awaitLines(3), () -> elsewhere.said().toString());
      for (int i = 0; i < SNAPSHOTS; i++) {
        here.op(i).run(target, Map.of());
        long first = there.acknowledged();
        try (Target<?, ?> then = target.snapshot()) {
          assertTrue(there.awaitLines(2), () -> there.said().toString());
          long last = there.acknowledged();
          Map<Long, Long> entries = then.entries();
          assertEquals(here.state(i + 1), here.ownOf(entries));
          Script script = new Script(kind, THERE);
          Map<Long, Long> found = script.ownOf(entries);
          assertTrue(
              LongStream.rangeClosed(first, last).anyMatch(n -> script.state(n).equals(found)),
              () -> "no state from " + first + " to " + last);
          assertEquals(entries.size(), then.sizeLong());
          assertTrue(then.verify().isClean());
        }
      }
      assertEquals(List.of(), List.copyOf(there.said()));
      assertEquals(List.of(), List.copyOf(elsewhere.said()));
    }
  }

  /** In the short form each kind of store has every other point. */
  private static List<String> points(Kind kind) {
    return IntStream.range(0, POINTS.size())
        .filter(i -> Effort.LONG || i % 2 == kind.ordinal())
        .mapToObj(POINTS::get)
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void aKilledOneLosesNothingAndHoldsNothing(Kind kind) {
    Stage stage = new Stage(kind, directory.resolve("b.tph"), 2);
    Script here = new Script(kind, HERE);
    Script there = new Script(kind, THERE);
    long done = 0;
    try (Target<?, ?> target = stage.open()) {
      long first = 0;
      for (String point : points(kind)) {
        try (Peer peer =
            Peer.start(Role.SNAPSHOTTER, stage, THERE, first, 5_000, End.HALT, point, 3)) {
          while (peer.isRunning()) {
            here.op(done++).run(target, Map.of());
          }
          assertEquals(Participant.HALTED, peer.await(), () -> point + peer.said());
          assertEquals(List.of(), List.copyOf(peer.said()), point);
          first = peer.acknowledged();
        }
        assertNull(here.check(target, done), point);
        Map<Long, Long> found = there.ownOf(target.entries());
        long acknowledged = first;
        // The next one is done while a snapshot is open, and once more after it.
        assertTrue(
            LongStream.rangeClosed(acknowledged, acknowledged + 2)
                .anyMatch(n -> there.state(n).equals(found)),
            () -> point + ": acknowledged=" + acknowledged + " found=" + found);
        assertTrue(target.verify().isClean(), point);
        target.store.force();
        assertEquals(0, target.stats().checkpoint().quarantinedBytes(), point);
      }
    }
  }
}
