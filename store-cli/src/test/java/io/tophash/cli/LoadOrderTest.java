package io.tophash.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.sync.SyncStore;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** load: a large file comes into a SyncStore in the order of the store's file. */
@Tag("contract")
class LoadOrderTest extends CommandTest {
  private static final int MANY = 30_000;

  private static String lines(int from, int to) {
    StringBuilder lines = new StringBuilder();
    for (int i = from; i < to; i++) {
      lines.append("key-").append(i).append('\t').append("value-").append(i).append('\n');
    }
    return lines.toString();
  }

  private static SyncStore<String, String> open(Path store) {
    return SyncStore.builder(Codecs.utf8(), Codecs.utf8()).open(store);
  }

  @Test
  void aStoreThatGetsFullHasTheFirstEntriesInItsOrder() {
    Path store = path("a.tph");
    Path file = file("a.tsv", lines(0, MANY));
    run("load", "--kind", "sync", "--max-bytes", "2000000", store, file).fails(4, "size limit");
    try (SyncStore<String, String> open = open(store)) {
      OptionalLong first =
          LongStream.range(0, MANY)
              .filter(i -> !open.containsKey("key-" + i))
              .map(i -> open.fillOrder("key-" + i) >>> 52)
              .min();
      assertTrue(first.isPresent() && open.sizeLong() > 100, () -> "entries=" + open.sizeLong());
      open.keySet()
          .forEach(key -> assertTrue(open.fillOrder(key) >>> 52 <= first.getAsLong(), key));
    }
  }

  @Test
  void countsAndContentsAreThoseOfTheFile() {
    Path store = path("a.tph");
    run("load", "--kind", "sync", store, file("a.tsv", lines(100, 200))).ok();
    Path file = file("b.tsv", lines(0, MANY) + "key-7\tlater\nkey-150\tlater\n");
    Map<String, Object> json = run("load", "--json", store, file).ok().json();
    assertEquals(MANY + 2L, json.get("loaded"));
    assertEquals(MANY - 100L, json.get("added"));
    assertEquals(102L, json.get("replaced"));
    try (SyncStore<String, String> open = open(store)) {
      assertEquals(MANY, open.sizeLong());
      for (int i = 0; i < MANY; i++) {
        String expected = i == 7 || i == 150 ? "later" : "value-" + i;
        assertEquals(expected, open.get("key-" + i));
      }
    }
  }

  @Test
  void whatStandsBeforeABadLineIsInTheStore() {
    Path store = path("a.tph");
    Path file = file("a.tsv", lines(0, 20_000) + "no tab\n" + lines(20_000, MANY));
    run("load", "--kind", "sync", store, file).fails(5, "line 20001: ", "loaded=20000");
    try (SyncStore<String, String> open = open(store)) {
      assertEquals(20_000, open.sizeLong());
      assertTrue(open.containsKey("key-19999"));
    }
  }

  @Test
  void aValueThatIsTooLargeIsFoundBeforeThoseBehindItAreStored() {
    Path store = path("a.tph");
    run("put", "--kind", "sync", store, "key-0", "v").ok();
    String large = "k".repeat((64 << 10) + 1);
    Path file = file("a.tsv", lines(0, 10) + large + "\tv\n" + lines(10, 20));
    run("load", store, file).fails(5, "line 11: ", "the key is too large", "loaded=10");
    runWith(lines(20, 30).getBytes(UTF_8), "load", store, "-").ok();
    try (SyncStore<String, String> open = open(store)) {
      assertEquals(20, open.sizeLong());
    }
  }
}
