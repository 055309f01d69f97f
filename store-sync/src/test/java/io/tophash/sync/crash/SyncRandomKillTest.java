package io.tophash.sync.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.VerifyReport;
import io.tophash.core.crash.InMemoryDirectory;
import io.tophash.core.testing.Effort;
import io.tophash.sync.crash.Participant.Role;
import io.tophash.sync.crash.Peer.Stage;
import io.tophash.sync.crash.Target.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Writers, visitors and readers that are killed at random, while others go on. */
@Tag("crash")
class SyncRandomKillTest {
  private static final int KILLS = Effort.of(2, 14, 500);
  private static final int FOR_EVER = Integer.MAX_VALUE;
  private static final int OWN = 8;

  /** Value of key 0, which is never changed. */
  static final long STAYS = 50_000_077L;

  @TempDir(factory = InMemoryDirectory.class)
  Path directory;

  /** What the process of the test does meanwhile: writes its own keys, and reads all. */
  private static final class Survivor extends Thread {
    private final Target<?, ?> target;
    private final Script script;
    final Queue<String> problems = new ConcurrentLinkedQueue<>();
    private volatile boolean stopped;
    long done;

    Survivor(Stage stage, Target<?, ?> target) {
      this.target = target;
      this.script = new Script(stage.kind(), OWN);
    }

    @Override
    public void run() {
      try (Watchdog watchdog = new Watchdog(problems::add)) {
        for (; !stopped; done++) {
          Op op = script.op(done);
          watchdog.run(() -> op.run(target, Map.of()));
          watchdog.run(() -> target.get(op.key() % 1000));
          if (done % 100 == 0) {
            watchdog.run(() -> target.entries(watchdog::goesOn));
          }
        }
      } catch (RuntimeException e) {
        problems.add(e.toString());
      }
    }

    void finish() throws InterruptedException {
      stopped = true;
      join();
      assertEquals(List.of(), List.copyOf(problems));
      assertNull(script.check(target, done));
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothingAcknowledgedIsLost(Kind kind) throws Exception {
    Stage stage = new Stage(kind, directory.resolve("a.tph"), 2);
    Random random = new Random(3);
    Peer[] peers = new Peer[4];
    Role[] roles = {Role.WRITER, Role.WRITER, Role.VISITOR, Role.READER};
    int kills = 0;
    try (Target<?, ?> target = stage.open()) {
      target.set(0, STAYS);
      Survivor survivor = new Survivor(stage, target);
      survivor.start();
      for (int i = 0; i < peers.length; i++) {
        peers[i] = Peer.start(roles[i], stage, i + 1, 0, FOR_EVER);
      }
      while (kills < KILLS) {
        int i = kills % 8 == 7 ? 3 : kills % 4 == 3 ? 2 : random.nextInt(2);
        assertTrue(
            peers[i].awaitLines(1 + random.nextInt(i == 3 ? 3 : 300)),
            () -> roles[i] + " ended by itself: " + peers[i].said());
        peers[i].kill();
        kills++;
        assertEquals(List.of(), List.copyOf(peers[i].said()));
        long acknowledged = peers[i].acknowledged();
        if (i < 3) {
          assertNull(new Script(kind, i + 1).check(target, acknowledged));
        }
        peers[i] = Peer.start(roles[i], stage, i + 1, acknowledged, FOR_EVER);
      }
      for (int i = 0; i < peers.length; i++) {
        peers[i].kill();
        assertEquals(List.of(), List.copyOf(peers[i].said()));
      }
      survivor.finish();
      for (int i = 0; i < 3; i++) {
        assertNull(new Script(kind, i + 1).check(target, peers[i].acknowledged()));
      }
      VerifyReport report = target.verify();
      assertTrue(report.isClean(), () -> report.findings().toString());
      assertEquals(target.entries().size(), target.sizeLong());
      System.out.println(
          "random kills: kind="
              + kind
              + " kills="
              + kills
              + " takeovers="
              + target.stats().takeovers()
              + " operations of the survivor="
              + survivor.done);
    } finally {
      for (Peer peer : peers) {
        if (peer != null) {
          peer.close();
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void countersAreExact(Kind kind) {
    Stage stage = new Stage(kind, directory.resolve("counters.tph"), 2);
    int each = 2_000;
    try (Target<?, ?> target = stage.open();
        Peer first = Peer.start(Role.COUNTER, stage, 0, 0, each);
        Peer second = Peer.start(Role.COUNTER, stage, 0, 1, each);
        Peer third = Peer.start(Role.COUNTER, stage, 0, 2, each)) {
      for (Peer peer : List.of(first, second, third)) {
        assertEquals(0, peer.await(), () -> peer.said().toString());
      }
      assertEquals(6L * each, sum(target));
    }
  }

  @Test
  void countersOfKilledProcessesAreExactToTheOperationInFlight() {
    Stage stage = new Stage(Kind.LONGS, directory.resolve("killed.tph"), 1);
    Random random = new Random(5);
    long acknowledged = 0;
    long inFlight = 0;
    int rounds = Effort.of(2, 4, 100);
    try (Target<?, ?> target = stage.open()) {
      for (int i = 0; i < rounds; i++) {
        try (Peer first = Peer.start(Role.COUNTER, stage, 0, i, FOR_EVER);
            Peer second = Peer.start(Role.COUNTER, stage, 0, -i, FOR_EVER)) {
          first.awaitLines(1 + random.nextInt(500));
          second.awaitLines(1 + random.nextInt(500));
          first.kill();
          second.kill();
          acknowledged += first.lines() + second.lines();
          inFlight += 4;
          long sum = sum(target);
          assertTrue(sum >= acknowledged, "sum=" + sum + " acknowledged=" + acknowledged);
          assertTrue(sum <= acknowledged + inFlight, "sum=" + sum + " of=" + acknowledged);
        }
      }
    }
  }

  private static long sum(Target<?, ?> target) {
    long sum = 0;
    for (int i = 0; i < Participant.COUNTERS; i++) {
      Long value = target.get(Participant.FIRST_COUNTER + i);
      sum += value == null ? 0 : value;
    }
    return sum;
  }
}
