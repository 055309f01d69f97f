package io.tophash.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.sync.Durability;
import io.tophash.sync.SyncStore;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What is changed in a store, printed. */
@Tag("contract")
class WatchCommandTest extends CommandTest {
  private Path newStore() {
    Path store = path("a.tph");
    run(
            "load",
            store,
            file("a.tsv", "a\t1\nb\t2\n"),
            "--kind",
            "sync",
            "--durability",
            "each-change")
        .ok();
    return store;
  }

  /** The position in the last line. */
  private static String position(Result result) {
    List<String> lines = result.lines();
    String last = lines.get(lines.size() - 1);
    assertTrue(last.startsWith("position\t"), last);
    return last.substring("position\t".length());
  }

  private static List<String> changes(Result result) {
    return result.lines().subList(0, result.lines().size() - 1);
  }

  @Test
  void changesArePrintedAsTheyWereMade() {
    Path store = newStore();
    Result now = run("watch", store, "--no-follow").ok();
    assertEquals(1, now.lines().size());
    run("put", store, "k\tey", "one\ntwo").ok();
    run("put", store, "a", "3").ok();
    run("delete", store, "b").ok();
    run("delete", store, "absent").code();
    Result result = run("watch", store, "--from", position(now), "--no-follow").ok();
    List<String> printed = new ArrayList<>(changes(result));
    printed.sort(null); // those of different shards have no order
    assertEquals(List.of("delete\tb", "set\ta\t3", "set\tk\\tey\tone\\ntwo"), printed);
    assertEquals(
        1, run("watch", store, "--from", position(result), "--no-follow").ok().lines().size());
    Result first = run("watch", store, "--from", position(now), "--count", 1).ok();
    Result rest = run("watch", store, "--from", position(first), "--no-follow").ok();
    List<String> both = new ArrayList<>(changes(first));
    assertEquals(1, both.size());
    both.addAll(changes(rest));
    assertEquals(changes(result), both);
  }

  @Test
  void jsonHasKeysAndValuesAsOtherCommandsPrintThem() {
    Path store = path("n.tph");
    run("put", store, "7", "-5", "--kind", "sync", "--key-codec", "int64", "--value-codec", "int64")
        .ok();
    run("checkpoint", store, "--durability", "each-change").ok();
    String from = (String) run("watch", store, "--no-follow", "--json").ok().json().get("position");
    run("put", store, "7", "12").ok();
    run("delete", store, "7").ok();
    List<Map<String, Object>> lines =
        run("watch", store, "--no-follow", "--json", "--from", from).ok().jsonLines();
    assertEquals(3, lines.size());
    Object shard = lines.get(0).get("shard");
    assertEquals(Map.of("change", "set", "key", 7L, "value", 12L, "shard", shard), lines.get(0));
    assertEquals(Map.of("change", "delete", "key", 7L, "shard", shard), lines.get(1));
    assertNotEquals(from, lines.get(2).get("position"));
  }

  @Test
  void aSnapshotComesFirstIfAskedFor() {
    Path store = newStore();
    Result copy = run("watch", store, "--snapshot", "--no-follow").ok();
    assertEquals(List.of("set\ta\t1", "set\tb\t2"), changes(copy).stream().sorted().toList());
    run("put", store, "c", "3").ok();
    assertEquals(
        List.of("set\tc\t3"),
        changes(run("watch", store, "--from", position(copy), "--no-follow").ok()));
    Map<Object, Object> shards = new HashMap<>();
    for (Map<String, Object> line :
        run("watch", store, "--snapshot", "--no-follow", "--json").ok().jsonLines()) {
      shards.put(line.get("key"), line.get("shard"));
    }
    run("delete", store, "a").ok();
    assertEquals(
        shards.get("a"),
        run("watch", store, "--from", position(copy), "--no-follow", "--json")
            .ok()
            .jsonLines()
            .stream()
            .filter(line -> "delete".equals(line.get("change")))
            .findFirst()
            .orElseThrow()
            .get("shard"));
  }

  @Test
  void whatClearsTheStoreIsPrintedForEachShard() {
    Path store = newStore();
    String from = position(run("watch", store, "--no-follow").ok());
    try (SyncStore<String, String> open =
        SyncStore.builder(Codecs.utf8(), Codecs.utf8()).open(store)) {
      open.clear();
      // Beside it, as a reader.
      List<String> printed = changes(run("watch", store, "--from", from, "--no-follow").ok());
      assertTrue(printed.size() > 0 && printed.stream().allMatch(l -> l.startsWith("clear\t")));
      assertEquals(
          printed.size(),
          run("watch", store, "--from", from, "--no-follow", "--json").ok().jsonLines().size() - 1);
    }
  }

  @Test
  void whatCannotBeFollowedIsSaid() {
    Path store = newStore();
    String from = position(run("watch", store, "--no-follow").ok());
    run("watch", store, "--from", "nonsense").fails(5, "--from", "position");
    run("watch", store, "--from", from.substring(0, 60)).fails(5, "--from");
    run("watch", store, "--from", from, "--snapshot").fails(2, "exclude");
    run("watch", store, "--count", -1).fails(2, "--count");
    Path other = path("other.tph");
    run("put", other, "k", "v", "--kind", "sync", "--durability", "each-change").ok();
    run("watch", other, "--from", from).fails(5, "another store");
    Path plain = path("plain.tph");
    run("put", plain, "k", "v", "--kind", "sync").ok();
    run("watch", plain).fails(4, "--durability each-change");
    run("watch", plain, "--snapshot").fails(4, "--durability each-change");
    Path hash = path("hash.tph");
    run("put", hash, "k", "v", "--kind", "hash").ok();
    run("watch", hash).fails(4, "only a SyncStore");
    run("watch", path("none.tph")).fails(4, "no such file");
    run("checkpoint", store, "--durability", "process").ok();
    run("put", store, "a", "unlogged").ok();
    run("checkpoint", store, "--durability", "each-change").ok();
    run("watch", store, "--from", from, "--no-follow").fails(4, "--snapshot", "without a log");
  }

  /** A process that follows and is killed has said where the next one goes on. */
  @Test
  @Tag("crash")
  @DisabledOnOs(OS.WINDOWS)
  void itFollowsUntilItIsEndedAndGoesOnFromThere() throws Exception {
    Path store = newStore();
    String from = position(run("watch", store, "--no-follow").ok());
    try (SyncStore<String, String> writer =
        SyncStore.builder(Codecs.utf8(), Codecs.utf8()).open(store)) {
      assertEquals(Durability.EACH_CHANGE, writer.durability());
      Process killed = start("watch", store, "--from", from, "--json");
      String kept = null;
      try (BufferedReader out = killed.inputReader()) {
        for (int i = 0; i < 3; i++) {
          writer.set("k", "v" + i);
          Map<String, Object> line = parseJson(out.readLine());
          while (line.containsKey("position")) { // it has caught up before
            line = parseJson(out.readLine());
          }
          assertEquals("v" + i, line.get("value"));
        }
        kept = (String) parseJson(out.readLine()).get("position");
        assertTrue(killed.toHandle().destroyForcibly());
        killed.waitFor();
      }
      writer.set("k", "v3");
      Process ended = start("watch", store, "--from", kept);
      try (BufferedReader out = ended.inputReader()) {
        assertEquals("set\tk\tv3", out.readLine(), Files.readString(path("stderr")));
        writer.set("k", "v4");
        assertEquals("set\tk\tv4", out.readLine());
        assertTrue(ended.toHandle().destroy()); // as Ctrl-C does
        String last = out.readLine();
        assertEquals(143, ended.waitFor(), Files.readString(path("stderr")));
        if (last != null) { // a machine that is too slow ends it without
          assertTrue(last.startsWith("position\t"), last);
          Result rest = run("watch", store, "--no-follow", "--from", last.substring(9)).ok();
          assertEquals(List.of(), changes(rest));
        }
      }
    }
  }
}
