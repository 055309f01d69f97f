package io.tophash.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.HashStore;
import io.tophash.core.codec.Codecs;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.StoreHeader;
import io.tophash.sync.SyncStore;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The commands on a SyncStore, alone and beside others that have it open. */
@Tag("contract")
class SyncCommandsTest extends CommandTest {
  private Path newStore() {
    Path store = path("a.tph");
    run("load", store, file("a.tsv", "user/1\tA\nuser/2\tB\\tb\nother\tC\n"), "--kind", "sync")
        .ok();
    return store;
  }

  @Test
  void entriesComeAndGo() {
    Path store = path("a.tph");
    assertEquals(
        "{\"key\":\"k\",\"replaced\":false}\n",
        run("put", store, "k", "v", "--kind", "sync", "--json").ok().out());
    assertEquals(true, run("put", store, "k", "w", "--json").ok().json().get("replaced"));
    assertEquals("w\n", run("get", store, "k").ok().out());
    run("delete", store, "k").ok();
    assertEquals(1, run("delete", store, "k").code());
    assertEquals(1, run("get", store, "k").code());
    run("verify", store).ok();
    run("put", store, "k", "v", "--kind", "hash").fails(4, "another kind", "kind=sync");
  }

  @Test
  void loadCountsWhatItHasAddedItself() {
    Path store = newStore();
    Map<String, Object> json =
        run("load", store, file("b.tsv", "other\tD\nnew\tE\nnew\tF\n"), "--json").ok().json();
    assertEquals(3L, json.get("loaded"));
    assertEquals(1L, json.get("added"));
    assertEquals(2L, json.get("replaced"));
    assertEquals(4L, json.get("entries"));
    assertEquals("F\n", run("get", store, "new").ok().out());
  }

  @Test
  void whatIsExportedIsLoadedAgainAsEitherKind() {
    Path dump = path("dump.jsonl");
    run("export", newStore(), "-o", dump).ok();
    for (String kind : List.of("hash", "sync")) {
      Path copy = path(kind + ".tph");
      run("load", copy, dump, "--kind", kind).ok();
      assertEquals(
          Set.of("user/1\tA", "user/2\tB\\tb", "other\tC"),
          new HashSet<>(run("scan", copy).ok().lines()));
      assertEquals(kind, run("stat", "--json", copy).ok().json().get("kind"));
    }
  }

  @Test
  void statSaysWhatTheStoreIs() {
    Path store = newStore();
    String text = run("stat", store).ok().out();
    assertTrue(text.contains("kind         SyncStore, format version"), text);
    assertTrue(text.contains("entries      3\n"), text);
    assertTrue(text.contains("writers      none attached\n"), text);
    Map<String, Object> json = run("stat", "--json", store).ok().json();
    assertEquals(3L, json.get("entries"));
    assertEquals(3L, json.get("inserts"));
    assertEquals(List.of(), json.get("attached"));
  }

  @Test
  void durabilityIsSetAndShown() {
    Path store = newStore();
    assertTrue(run("checkpoint", store).ok().out().contains("durability: process;"));
    Map<String, Object> json = run("checkpoint", store, "--json").ok().json();
    long number = (Long) json.get("checkpoint");
    assertEquals("process", json.get("durability"));
    json = run("checkpoint", store, "--durability", "power-loss", "--json").ok().json();
    assertEquals("power-loss", json.get("durability"));
    assertEquals(1_000L, json.get("maxLossMs"));
    assertTrue((Long) json.get("checkpoint") > number, json::toString);
    run("put", store, "k", "v", "--durability", "power-loss", "--max-loss", "300ms").ok();
    json = run("stat", store, "--json").ok().json();
    assertEquals(300L, json.get("maxLossMs"));
    assertEquals(false, json.get("broken"));
    run("checkpoint", store, "--durability", "process").ok();
    assertEquals("process", run("stat", store, "--json").ok().json().get("durability"));
    Path fresh = path("fresh.tph");
    run("load", fresh, file("c.tsv", "a\tb\n"), "--kind", "sync", "--durability", "POWER-LOSS")
        .ok();
    assertTrue(run("stat", fresh).ok().out().contains("durability   power-loss"));
    run("put", store, "k", "v", "--max-loss", "1s").fails(2, "--durability power-loss");
    run("put", store, "k", "v", "--durability", "power-loss", "--max-loss", "9ms")
        .fails(2, "100ms");
    run("put", path("h.tph"), "k", "v", "--durability", "process").fails(2, "SyncStore");
    Path hash = path("hash.tph");
    run("put", hash, "k", "v").ok();
    run("checkpoint", hash).fails(4, "backup");
  }

  @Test
  void whatWasLoggedIsShown() {
    Path store = newStore();
    assertFalse(run("stat", store).ok().out().contains("\nlog "));
    run("put", store, "k", "v", "--durability", "each-change").ok();
    run("put", store, "k2", "v").ok();
    String text = run("stat", store).ok().out();
    assertTrue(text.contains("durability   each-change; a power cut takes nothing that"), text);
    assertTrue(text.contains("log          2 changes in 2 batches (1.0 in each), 8,192"), text);
    Map<String, Object> json = run("stat", "--json", store).ok().json();
    assertEquals("each-change", json.get("durability"));
    assertEquals(2L, json.get("logChanges"));
    assertEquals(2L, json.get("logBatches"));
    assertEquals(8_192L, json.get("logBytes"));
    assertTrue((Long) json.get("logFileBytes") >= 16 << 20, json::toString);
  }

  @Test
  void aBackupIsBroughtUpToDate() {
    Path store = newStore();
    Path target = path("backup.tph");
    run("put", store, "k", "v").ok();
    Map<String, Object> made =
        run("backup", store, target, "--since", "last", "--json").ok().json();
    Object first = made.get("checkpoint");
    assertEquals(target.toString(), made.get("target"));
    run("put", store, "k", "w").ok();
    Map<String, Object> next = run("backup", store, target, "--since", first, "--json").ok().json();
    assertTrue((Long) next.get("checkpoint") > (Long) first);
    assertTrue((Long) next.get("copiedBytes") > 0);
    assertEquals(next.get("fileBytes"), target.toFile().length());
    assertEquals("w\n", run("get", target, "k").ok().out());
    run("delete", store, "k").ok();
    assertTrue(
        run("backup", store, target, "--since", "last")
            .ok()
            .out()
            .matches(".*backup.tph holds checkpoint \\d+ now, [0-9,]+ bytes copied, in .* s\\n"));
    assertEquals(1, run("get", target, "k").code());
    assertEquals(
        Set.copyOf(run("export", store).ok().lines()),
        Set.copyOf(run("export", target).ok().lines()));
    run("verify", target).ok();
  }

  @Test
  void whatIsNoBackupOfThisStoreIsNotBroughtUpToDate() {
    Path store = newStore();
    Path target = path("backup.tph");
    Object made =
        run("backup", store, target, "--since", 0, "--json").ok().json().get("checkpoint");
    run("backup", store, target, "--since", made + "0")
        .fails(4, "checkpointOfTarget=" + made, "give that one");
    run("backup", store, target, "--since", 0).fails(4, "already");
    run("backup", store, target, "--since", "never").fails(2, "since=never", "last");
    run("backup", store, target, "--since", -1).fails(2, "since=-1");
    run("backup", store, path("none.tph"), "--since", made).fails(4, "since = 0");
    Path other = path("other.tph");
    run("load", other, file("o.tsv", "k\tv\n"), "--kind", "sync").ok();
    run("backup", other, target, "--since", "last")
        .fails(4, "another store", "name another target");
    run("backup", store, other, "--since", "last").fails(4, "another store");
    run("backup", store, path("o.tsv"), "--since", "last").fails(4, "o.tsv");
    run("backup", store, path("plain.tph")).ok();
    run("backup", store, path("plain.tph"), "--since", "last").fails(4, "name another target");
    run("put", target, "k", "mine").ok();
    run("backup", store, target, "--since", "last").fails(4, "opened for writing");
    assertEquals("mine\n", run("get", target, "k").ok().out());
    Path hash = path("hash.tph");
    run("put", hash, "k", "v", "--kind", "hash").ok();
    run("backup", hash, path("no.tph"), "--since", "last").fails(2, "SyncStore", "leave --since");
    assertTrue(Files.notExists(path("no.tph")));
  }

  /** All of it while this process has the store open. */
  @Test
  void commandsWorkBesideAWriter() {
    Path path = newStore();
    try (SyncStore<String, String> store =
        SyncStore.builder(Codecs.utf8(), Codecs.utf8()).open(path)) {
      run("put", path, "k", "v").ok();
      assertEquals("v", store.get("k"));
      store.set("k", "w");
      assertEquals("w\n", run("get", path, "k").ok().out());
      assertEquals(4, run("scan", path).ok().lines().size());
      run("verify", path).ok();
      assertTrue(run("stat", path).ok().out().contains("pid " + ProcessHandle.current().pid()));
    }
  }

  @Test
  void watchShowsWhatHappens() throws Exception {
    Path path = newStore();
    try (SyncStore<String, String> store =
        SyncStore.builder(Codecs.utf8(), Codecs.utf8()).open(path)) {
      Thread writer =
          new Thread(
              () -> {
                for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
                  store.set("k" + i % 100, "v" + i);
                }
              });
      writer.start();
      try {
        Result text = run("stat", path, "--watch", "--interval", "0.1", "--count", "2").ok();
        assertEquals(3, text.lines().size(), text.out());
        assertTrue(text.lines().get(0).contains("promotions"), text.out());
        assertTrue(text.out().contains(ProcessHandle.current().pid() + " ("), text.out());
        List<Map<String, Object>> json =
            run("stat", path, "--watch", "--interval", "0.2", "--count", "3", "--json")
                .ok()
                .jsonLines();
        assertEquals(3, json.size());
        assertTrue(
            json.stream().anyMatch(line -> (Long) line.get("storesPerSecond") > 0), json::toString);
      } finally {
        writer.interrupt();
        writer.join();
      }
    }
    run("stat", path, "--watch", "--interval", "0").fails(2, "--interval");
    run("stat", path, "--watch", "--count", "0").fails(2, "--count");
  }

  @Test
  void compactGivesSpaceBack() {
    for (String kind : List.of("hash", "sync")) {
      Path store = path(kind + ".tph");
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < 20_000; i++) {
        lines.append(i).append('\t').append("x".repeat(300)).append('\n');
      }
      run("load", store, file("a.tsv", lines.toString()), "--kind", kind).ok();
      if (kind.equals("sync")) {
        try (SyncStore<String, String> map =
            SyncStore.builder(Codecs.utf8(), Codecs.utf8()).open(store)) {
          map.clear();
        }
      } else {
        try (HashStore<String, String> map =
            HashStore.builder(Codecs.utf8(), Codecs.utf8()).open(store)) {
          map.clear();
        }
      }
      Map<String, Object> json = run("compact", store, "--json").ok().json();
      long before = (Long) json.get("fileBytesBefore");
      long now = (Long) json.get("fileBytes");
      assertTrue(now <= before && now < 5_000_000, json::toString);
      run("verify", store).ok();
    }
  }

  @Test
  void aHeaderWithNothingBehindItIsRefused() throws Exception {
    StoreHeader header =
        new StoreHeader(HeaderLayout.KIND_SYNC, 30, 4, -1, -1, "h", "utf8", "utf8", 1, 2);
    Path path = path("sync.tph");
    Files.write(path, ByteBuffer.allocate(8192).put(header.toBytes()).array());
    for (String command : List.of("stat", "verify", "scan")) {
      Result result = run(command, path);
      assertTrue(result.code() == 3 || result.code() == 4, result::err);
      assertEquals(1, result.err().lines().count(), result.err());
    }
  }
}
