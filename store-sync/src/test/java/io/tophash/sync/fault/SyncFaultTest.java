package io.tophash.sync.fault;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.fault.FaultRun;
import io.tophash.core.fault.Tally;
import io.tophash.core.testing.Effort;
import io.tophash.core.testing.Seeds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files of a {@code SyncStore}, in both memory modes. */
@Tag("full")
@Tag("fault")
class SyncFaultTest {
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
          FaultRun run = new FaultRun(SyncSubjects.class, directory, Duration.ofSeconds(10));
          Tally tally = run.random(seed, Effort.of(QUICK_CASES, CASES, LONG_CASES));
          tally.print("SyncStore, damaged files, seed=" + seed);
          assertTrue(tally.count("HARMLESS") < tally.cases());
        });
  }

  @Test
  void aFileMayBeCutAnywhere() {
    FaultRun run = new FaultRun(SyncSubjects.class, directory, Duration.ofSeconds(10));
    run.cuts(Effort.of(1024 * 4096, 64 * 4096, 4096)).print("SyncStore, files cut");
  }
}
