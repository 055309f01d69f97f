package io.tophash.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.HashStore;
import io.tophash.core.codec.Codecs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** --wait: commands on a store that somebody else has open. */
@Tag("contract")
class WaitTest extends CommandTest {
  private static HashStore<String, String> open(Path path) {
    return HashStore.builder(Codecs.utf8(), Codecs.utf8()).open(path);
  }

  @Test
  void aCommandWaitsForWhoHasTheStoreOpen() throws Exception {
    Path path = path("a.tph");
    CompletableFuture<Result> put;
    try (HashStore<String, String> store = open(path)) {
      store.put("k", "v");
      put = CompletableFuture.supplyAsync(() -> run("put", "--wait", "10m", path, "k", "w"));
      run("get", path, "k").fails(4, "open");
      run("get", path, "k", "--wait", "1ms").fails(4, "open");
      assertEquals("v", store.get("k"));
    }
    put.get().ok();
    assertEquals("w\n", run("get", path, "k", "--wait=1h").ok().out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"scan", "export", "stat", "verify", "compact"})
  void everyCommandThatOpensAStoreTakesIt(String command) {
    Path path = path("a.tph");
    run("put", path, "k", "v").ok();
    run(command, "--wait", "5", path).ok();
    run(command, "--wait", "soon", path).fails(2, "'soon'", "10s");
    assertTrue(run(command, "--help").ok().out().contains("--wait=DURATION"));
  }

  @Test
  void durationsHaveUnits() {
    assertEquals(Duration.ofMillis(500), WaitOption.parse("500ms"));
    assertEquals(Duration.ofSeconds(7), WaitOption.parse("7"));
    assertEquals(Duration.ofSeconds(7), WaitOption.parse("7s"));
    assertEquals(Duration.ofMinutes(2), WaitOption.parse("2m"));
    assertEquals(Duration.ofHours(999_999_999), WaitOption.parse("999999999h"));
  }
}
