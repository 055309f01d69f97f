package io.tophash.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("contract")
class BaselineTest {
  private static final int ENTRIES = 1000;

  @TempDir Path directory;

  private static Results results(double... syncPuts) {
    Results results = Results.of(Map.of("JVM", "one"), Map.of(), Map.of(), Map.of());
    for (double value : syncPuts) {
      results.add(Figure.PUT, "sync", ENTRIES, List.of(value));
    }
    results.add(Figure.PUT, "chm", ENTRIES, List.of(100.0, 100.0, 100.0));
    results.add(Figure.ITERATE, "sync", ENTRIES, List.of(5.0)); // and nothing to compare it with
    results.add(Figure.PUT, "lmdb", ENTRIES, List.of(900.0)); // not ours
    return results;
  }

  private static Baseline.Comparison compare(Results before, Results now) {
    return Baseline.of(before).compare(Baseline.of(now));
  }

  @Test
  void ratiosAreThoseOfOurStoresToConcurrentHashMap() throws Exception {
    Baseline baseline = Baseline.of(results(150, 150, 152));
    assertEquals(List.of(new Baseline.Ratio("put", "sync", ENTRIES, 1.5, 0)), baseline.ratios());
    Path file = directory.resolve("baseline.json");
    baseline.write(file);
    assertEquals(baseline, Baseline.read(file));
  }

  @Test
  void saysWhatIsWorseBeyondTheNoise() {
    Baseline.Comparison worse = compare(results(100, 100, 100), results(130, 130, 130));
    assertTrue(worse.worse());
    assertTrue(
        worse
            .text()
            .contains(
                "  SyncStore put, 1,000 entries: 1.30 times ConcurrentHashMap, was 1.00 (+30 %,"
                    + " noise 10 %)\n"),
        worse::text);
    assertTrue(worse.text().contains("1 worse, 0 better, 0 as before"), worse::text);
  }

  @Test
  void littleChangesAreNoise() {
    assertFalse(compare(results(100), results(109)).worse());
    assertFalse(compare(results(100), results(92)).worse());
  }

  @Test
  void spreadValuesNeedALargerChange() {
    Results spread = results(80, 100, 120);
    assertFalse(compare(spread, results(140)).worse());
    assertTrue(compare(spread, results(170)).worse());
    assertFalse(compare(results(100), results(100, 150, 220)).worse());
  }

  @Test
  void saysWhatIsBetterOrMissing() {
    String better = compare(results(100), results(50)).text();
    assertTrue(better.contains("0 worse, 1 better, 0 as before"), better);
    Results none = Results.of(Map.of("JVM", "other"), Map.of(), Map.of(), Map.of());
    Baseline.Comparison missing = compare(results(100), none);
    assertFalse(missing.worse());
    assertTrue(missing.text().contains("not measured now:\n  SyncStore put"), missing::text);
    assertTrue(missing.text().contains("another machine or JVM"), missing::text);
  }
}
