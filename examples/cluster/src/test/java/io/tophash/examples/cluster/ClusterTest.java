package io.tophash.examples.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The example with few entries: four JVMs, which takes a while. */
@Tag("crash")
@EnabledIfSystemProperty(named = "tophash.suites", matches = "true")
class ClusterTest {
  @Test
  @Timeout(600)
  void nothingIsLostWhenANodeIsKilledAndComesBack() throws Exception {
    ClusterDemo.Outcome outcome = ClusterDemo.run(2_000);
    assertEquals(4_000, outcome.copiesLoaded());
    assertEquals(0, outcome.lost());
    assertEquals(0, outcome.lostAtEnd());
    assertTrue(outcome.onHeap() < outcome.owned() / 2, outcome::toString);
    assertTrue(outcome.inFiles() > 1_000, outcome::toString);
    assertTrue(outcome.owned() > 1_000, outcome::toString);
    assertTrue(outcome.isOk());
  }
}
