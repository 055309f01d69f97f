package io.tophash.sync.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.CrashStores;
import io.tophash.core.crash.InMemoryDirectory;
import io.tophash.core.errors.StoreTimeoutException;
import io.tophash.core.hash.KeyHash;
import io.tophash.core.testing.Effort;
import io.tophash.sync.crash.Participant.End;
import io.tophash.sync.crash.Participant.Role;
import io.tophash.sync.crash.Peer.Stage;
import io.tophash.sync.crash.Target.Kind;
import io.tophash.sync.format.HashBits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Processes that are stopped, not killed, inside and outside of operations. */
@Tag("full")
@Tag("crash")
class SyncStoppedTest {
  private static final int SHARDS = 4;
  private static final int SHARD_SHIFT = 2;
  private static final long OWN_KEYS = 500_000;
  private static final int OPERATIONS = 3_000;
  private static final int SHUT_OUT = 20_000;

  @TempDir(factory = InMemoryDirectory.class)
  Path directory;

  private static Target<?, ?> open(Stage stage, Duration lockTimeout) {
    return Target.open(stage.kind(), stage.path(), SHARDS, false, lockTimeout);
  }

  private static int shardOf(long key) {
    KeyHash hash = CrashStores.hash(-1).withSeed(0);
    return HashBits.shard(hash.ofLong(key), SHARD_SHIFT);
  }

  /** Keys of one shard only go without an answer; and only those of changes that need the lock. */
  @ParameterizedTest
  @CsvSource({
    "LONGS, rebuild.built",
    "LONGS, rebuild.freed",
    "LONGS, directory.published",
    "RECORDS, rebuild.built",
    "RECORDS, large.written",
    "RECORDS, extent.claimed",
  })
  void aProcessStoppedUnderALockHoldsUpThatShardOnly(Kind kind, String point) {
    Stage stage = new Stage(kind, directory.resolve("a.tph"), SHARDS);
    try (Target<?, ?> target = open(stage, Duration.ofMillis(60))) {
      for (long key = OWN_KEYS; key < OWN_KEYS + 40; key++) {
        target.set(key, 1);
      }
      try (Peer peer = Peer.start(Role.WRITER, stage, 1, 0, OPERATIONS, End.STOP, point, 2)) {
        peer.awaitStopped();
        Set<Integer> heldUp = new HashSet<>();
        long lastKey = OWN_KEYS + 400;
        for (long key = OWN_KEYS + 40; key < lastKey; key++) {
          // Readers go on in all shards.
          assertNull(target.get(key));
          assertNotNull(target.get(OWN_KEYS + key % 40));
          if (kind == Kind.LONGS && heldUp.contains(shardOf(key)) || heldUp.size() > 4) {
            continue;
          }
          try {
            target.set(key, key);
            assertEquals(key, target.get(key));
          } catch (StoreTimeoutException e) {
            assertTrue(e.getMessage().contains("pid=" + peer.pid() + " "), e.getMessage());
            heldUp.add(kind == Kind.LONGS ? shardOf(key) : (int) key);
          }
        }
        assertEquals(39, countPresent(target), "values that readers see");
        assertTrue(!heldUp.isEmpty(), "nobody was held up at " + point);
        assertTrue(kind == Kind.RECORDS || heldUp.size() == 1, () -> "shards=" + heldUp);
        peer.signal("CONT");
        assertEquals(0, peer.await(), () -> peer.said().toString());
        for (long key = OWN_KEYS + 40; key < lastKey; key++) {
          target.set(key, key);
        }
        assertNull(new Script(kind, 1).check(target, OPERATIONS));
        assertTrue(target.verify().isClean());
      }
    }
  }

  private static long countPresent(Target<?, ?> target) {
    long count = 0;
    for (long key = OWN_KEYS + 1; key < OWN_KEYS + 40; key++) {
      count += target.get(key) != null ? 1 : 0;
    }
    return count;
  }

  /** In the guard a process holds up nobody but who moves entries of that shard. */
  @Test
  void aProcessStoppedInTheGuardHoldsUpRebuildsOnly() {
    Stage stage = new Stage(Kind.LONGS, directory.resolve("guard.tph"), SHARDS);
    try (Target<?, ?> target = open(stage, Duration.ofMillis(60));
        Peer peer =
            Peer.start(Role.WRITER, stage, 1, 0, OPERATIONS, End.STOP, "in:changeSlot", 3)) {
      target.set(1_001, 1);
      peer.awaitStopped();
      for (long key = OWN_KEYS; key < OWN_KEYS + 8; key++) {
        // A few fit without a rebuild; an overwrite and a removal never need one.
        long k = key;
        try {
          target.set(k, 1);
          target.set(k, 2);
          target.delete(k);
        } catch (StoreTimeoutException e) {
          assertTrue(e.getMessage().contains("pid=" + peer.pid() + " "), e.getMessage());
        }
      }
      StoreTimeoutException e = assertThrows(StoreTimeoutException.class, target::verify);
      assertTrue(e.getMessage().contains("pid=" + peer.pid() + " "), e.getMessage());
      peer.signal("CONT");
      assertEquals(0, peer.await(), () -> peer.said().toString());
      assertNull(new Script(Kind.LONGS, 1).check(target, OPERATIONS));
      assertTrue(target.verify().isClean());
    }
  }

  /** Who waits for a lock whose owner waits for a stopped process is told of the stopped one. */
  @Test
  void theStoppedProcessIsNamedThroughTheOneThatWaitsForIt() {
    Stage stage = new Stage(Kind.LONGS, directory.resolve("chain.tph"), SHARDS);
    try (Target<?, ?> target = open(stage, Duration.ofMillis(20));
        Peer stopped =
            Peer.start(Role.WRITER, stage, 1, 0, OPERATIONS, End.STOP, "in:changeSlot", 3)) {
      target.set(1_001, 1);
      stopped.awaitStopped();
      try (Peer waiting = Peer.start(Role.WRITER_AMONG_STOPPED, stage, 2, 0, Integer.MAX_VALUE)) {
        String message = "";
        for (long n = 0; !message.contains("for which its lock waits"); n++) {
          try {
            target.set(OWN_KEYS + n % 10_000, n);
          } catch (StoreTimeoutException e) {
            message = e.getMessage();
          }
          assertTrue(waiting.isRunning(), () -> waiting.said().toString());
        }
        assertTrue(message.contains("pid=" + stopped.pid() + " "), message);
        stopped.signal("CONT");
        assertEquals(0, stopped.await(), () -> stopped.said().toString());
        assertTrue(waiting.awaitLines(100), () -> waiting.said().toString());
      }
      assertTrue(target.verify().isClean());
    }
  }

  /** Stops at random: readers are never held up, and nothing is lost. */
  @Test
  void processesThatStopAndGoOnLoseNothing() {
    Stage stage = new Stage(Kind.RECORDS, directory.resolve("random.tph"), SHARDS);
    Random random = new Random(9);
    Script script = new Script(Kind.RECORDS, 3);
    int stops = Effort.of(5, 30, 1_000);
    try (Target<?, ?> target = open(stage, Duration.ofMillis(20));
        Peer first = Peer.start(Role.WRITER_AMONG_STOPPED, stage, 1, 0, Integer.MAX_VALUE);
        Peer second = Peer.start(Role.WRITER_AMONG_STOPPED, stage, 2, 0, Integer.MAX_VALUE)) {
      long own = 0;
      for (int i = 0; i < stops; i++) {
        Peer peer = random.nextBoolean() ? first : second;
        assertTrue(peer.awaitLines(1 + random.nextInt(60)), () -> peer.said().toString());
        peer.signal("STOP");
        peer.awaitStopped();
        target.entries();
        for (int j = 0; j < 10; j++) {
          if (isDone(target, script.op(own), first, second)) {
            own++;
          }
        }
        peer.signal("CONT");
        doAmong(target, script.op(own), first, second);
        own++;
      }
      first.kill();
      second.kill();
      assertNull(new Script(Kind.RECORDS, 1).check(target, first.acknowledged()));
      assertNull(new Script(Kind.RECORDS, 2).check(target, second.acknowledged()));
      assertNull(script.check(target, own));
      assertTrue(target.verify().isClean());
    }
  }

  /**
   * Tries an operation. False if it was held up: by the process that is stopped, or by the other
   * one, which may itself wait for it with a lock in its hands. One of them is named, unless it is
   * the lock of the file's length that is held, of which the kernel does not say by whom.
   */
  private static boolean isDone(Target<?, ?> target, Op op, Peer first, Peer second) {
    try {
      op.run(target, Map.of());
      return true;
    } catch (StoreTimeoutException e) {
      String message = e.getMessage();
      assertTrue(
          message.contains("pid=" + first.pid() + " ")
              || message.contains("pid=" + second.pid() + " ")
              || message.startsWith("waited too long for "),
          message);
      return false;
    }
  }

  /**
   * Does an operation while nobody is stopped. Each try may meet a lock that the others keep busy;
   * but somebody who can do nothing while they do thousands of operations each is shut out, and of
   * one who is stuck its own watchdog tells.
   */
  private static void doAmong(Target<?, ?> target, Op op, Peer first, Peer second) {
    long firstLines = first.lines();
    long secondLines = second.lines();
    while (!isDone(target, op, first, second)) {
      assertTrue(
          first.lines() - firstLines < SHUT_OUT || second.lines() - secondLines < SHUT_OUT,
          "the others go on, but nobody else can");
      assertTrue(first.isRunning(), () -> first.said().toString());
      assertTrue(second.isRunning(), () -> second.said().toString());
    }
  }
}
