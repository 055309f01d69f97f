package io.tophash.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.HashStore;
import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** scan and stat, also on stores with codecs that this program does not know. */
@Tag("contract")
class ScanAndStatTest extends CommandTest {
  /** A fixed-size codec of a program of its own. */
  private record Point(short x, int y) {}

  private static final Codec<Point> POINTS =
      new Codec<>() {
        @Override
        public String id() {
          return "example.point";
        }

        @Override
        public int fixedSize() {
          return 6;
        }

        @Override
        public int size(Point value) {
          return 6;
        }

        @Override
        public void write(Point value, ByteBuffer target) {
          target.putShort(value.x()).putInt(value.y());
        }

        @Override
        public Point read(ByteBuffer source) {
          return new Point(source.getShort(), source.getInt());
        }
      };

  private Path newStore() {
    Path store = path("a.tph");
    run("load", store, file("a.tsv", "user/1\tA\nuser/2\tB\\tb\nother\tC\n")).ok();
    return store;
  }

  @Test
  void scanPrintsEachEntryOnALine() {
    Path store = newStore();
    assertEquals(
        Set.of("user/1\tA", "user/2\tB\\tb", "other\tC"),
        new HashSet<>(run("scan", store).ok().lines()));
    assertEquals(
        Set.of(
            Map.of("key", "user/1", "value", "A"),
            Map.of("key", "user/2", "value", "B\tb"),
            Map.of("key", "other", "value", "C")),
        new HashSet<>(run("scan", "--json", store).ok().jsonLines()));
  }

  @Test
  void scanSelects() {
    Path store = newStore();
    assertEquals(
        Set.of("user/1", "user/2"),
        new HashSet<>(run("scan", "--keys-only", "--prefix", "user/", store).ok().lines()));
    assertEquals(
        List.of(Map.of("key", "other")),
        run("scan", "--keys-only", "--json", "--prefix", "o", store).ok().jsonLines());
    assertEquals(2, run("scan", "--limit", "2", store).ok().lines().size());
    assertEquals(1, run("scan", "--limit", "1", "--prefix", "user", store).ok().lines().size());
    assertEquals("", run("scan", "--limit", "0", store).ok().out());
    assertEquals("", run("scan", "--prefix", "nothing", store).ok().out());
    run("scan", "--limit", "-1", store).fails(2, "--limit");
    run("scan", "--limit", "many", store).fails(2, "many");
  }

  @Test
  void statSaysWhatTheStoreIs() {
    Path store = newStore();
    String text = run("stat", store).ok().out();
    assertTrue(text.contains("entries      3\n"), text);
    assertTrue(text.contains("keys         utf8, of any size\n"), text);
    Map<String, Object> json = run("stat", "--json", store).ok().json();
    assertEquals(3L, json.get("entries"));
    assertEquals("hash", json.get("kind"));
    assertEquals("utf8", json.get("keyCodec"));
    assertEquals(-1L, json.get("keyFixedBytes"));
    assertEquals(1L << 30, json.get("windowBytes"));
    assertEquals(1L, json.get("formatVersion"));
    assertTrue((Long) json.get("fileBytes") > 4096);
  }

  @Test
  void unknownCodecsAreReadAsBytesAndNeverWritten() {
    Path path = path("points.tph");
    try (HashStore<Point, String> store =
        HashStore.builder(POINTS, Codec.of("example.upper", String::getBytes, String::new))
            .open(path)) {
      store.put(new Point((short) -1, 0), "x");
    }
    run("verify", path).ok();
    Map<String, Object> stat = run("stat", "--json", path).ok().json();
    assertEquals("example.point", stat.get("keyCodec"));
    assertEquals(6L, stat.get("keyFixedBytes"));
    assertEquals("example.upper", stat.get("valueCodec"));
    assertEquals("hex:ffff00000000\tx\n", run("scan", path).ok().out());
    assertEquals("x\n", run("get", path, "hex:ffff00000000").ok().out());
    run("get", path, "hex:ffff").fails(5, "6 bytes");
    run("put", path, "hex:ffff00000000", "y").fails(4, "example.point");
    run("delete", path, "hex:ffff00000000").ok();
  }

  @Test
  void enumsAreNames() {
    Path path = path("units.tph");
    try (HashStore<TimeUnit, Long> store =
        HashStore.builder(Codecs.enumOf(TimeUnit.class), Codecs.int64()).open(path)) {
      store.put(TimeUnit.DAYS, 1L);
    }
    assertEquals("DAYS\t1\n", run("scan", path).ok().out());
    assertEquals("1\n", run("get", path, "DAYS").ok().out());
    run("put", path, "YEARS", "2").fails(4, "enum:");
  }
}
