package io.tophash.core.fault;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.testing.Effort;
import io.tophash.core.testing.Seeds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files of a {@code HashStore}, in both memory modes. */
@Tag("fault")
class HashFaultTest {
  private static final int QUICK_CASES = 50;
  private static final int CASES = 500;
  private static final int LONG_CASES = 30_000;

  @TempDir Path directory;

  @Test
  void damageIsNeverWorseThanAnException() {
    Seeds.run(
        new Random().nextLong(),
        1,
        seed -> {
          FaultRun run = new FaultRun(HashSubjects.class, directory, Duration.ofSeconds(10));
          Tally tally = run.random(seed, Effort.of(QUICK_CASES, CASES, LONG_CASES));
          tally.print("HashStore, damaged files, seed=" + seed);
          assertTrue(tally.count("HARMLESS") < tally.cases());
        });
  }

  @Test
  void aFileMayBeCutAnywhere() {
    FaultRun run = new FaultRun(HashSubjects.class, directory, Duration.ofSeconds(10));
    Tally tally = run.cuts(Effort.of(64 * 4096, 16 * 4096, 4096));
    tally.print("HashStore, files cut");
  }
}
