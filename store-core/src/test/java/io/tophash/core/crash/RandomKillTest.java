package io.tophash.core.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.testing.Effort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed while they write lose nothing that they acknowledged. */
@Tag("crash")
class RandomKillTest {
  private static final int ROUNDS = Effort.of(2, 25, 500);
  private static final int SIGKILL = 128 + 9;

  private static final List<Kind<?, ?>> KINDS =
      List.of(
          Kind.LONGS,
          Kind.PREPARED,
          Kind.CHAINS,
          Kind.ONE_CHAIN,
          Kind.RECORDS,
          Kind.LARGE,
          Kind.UNDO,
          Kind.INTS);

  @TempDir(factory = InMemoryDirectory.class)
  Path directory;

  @Test
  void aKilledWriterLosesNothingThatItAcknowledged() throws Exception {
    ExecutorService twoAtATime = Executors.newFixedThreadPool(2);
    try {
      List<Future<Integer>> kills =
          KINDS.stream().map(kind -> twoAtATime.submit(() -> killAgainAndAgain(kind))).toList();
      int sum = 0;
      for (Future<Integer> count : kills) {
        sum += count.get();
      }
      assertEquals(KINDS.size() * ROUNDS, sum, "kills");
    } finally {
      twoAtATime.shutdownNow();
    }
  }

  private <K, V> int killAgainAndAgain(Kind<K, V> kind) throws Exception {
    Random random = new Random(kind.name().hashCode());
    Path path = directory.resolve(kind.name() + ".tph");
    Map<Object, Object> model = new HashMap<>();
    new Workload<>(kind, path).preload(model);
    int done = 0;
    int kills = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Process child =
          Children.start(kind, path, done, Integer.MAX_VALUE / 2, Child.End.NONE, "none", 0);
      int acknowledged = Children.acknowledged(child, 1 + random.nextInt(400));
      assertEquals(SIGKILL, child.waitFor(), "how the child ended");
      assertTrue(acknowledged >= done, "the child did not open the store");
      kills++;
      // The check recovers a copy as often as the store: then the next child has to do it.
      Path checked = path;
      if (round % 2 == 1) {
        checked = directory.resolve(kind.name() + ".copy.tph");
        Files.copy(path, checked, StandardCopyOption.REPLACE_EXISTING);
      }
      Children.State state = Children.check(kind, checked, model, done, acknowledged);
      model = state.entries();
      done = state.done();
    }
    return kills;
  }
}
