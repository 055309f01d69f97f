package io.tophash.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an iterator delivers if the entry changes between {@code hasNext}, which reaches it, and
 * {@code next}.
 */
@Tag("contract")
class IteratorRefreshTest {
  @TempDir Path directory;
  private HashStore<String, String> store;

  @BeforeEach
  void open() {
    store = HashStore.builder(Codecs.utf8(), Codecs.utf8()).open(directory.resolve("s.tph"));
  }

  @Test
  void anUpdateAfterHasNextShowsItsLatestValue() {
    try (HashStore<String, String> closed = store) {
      assertFalse(closed.isClosed());
      store.put("k", "old");
      Iterator<Map.Entry<String, String>> entries = store.entrySet().iterator();
      assertTrue(entries.hasNext());
      store.put("k", "new");
      assertEquals("new", entries.next().getValue());
    }
  }

  // Which of the two is reached is random: repeated, both cases come up.
  @RepeatedTest(20)
  void aDeletedEntryGivesWayToTheNextOne() {
    try (HashStore<String, String> closed = store) {
      assertFalse(closed.isClosed());
      store.put("a", "1");
      store.put("b", "2");
      Iterator<String> probe = store.keySet().iterator();
      assertTrue(probe.hasNext());
      store.remove("a");
      String first = probe.next();
      assertEquals("b", first);
      assertFalse(probe.hasNext());
    }
  }

  @Test
  void theOnlyEntryIsDeliveredThoughDeletedAsHasNextPromisedIt() {
    try (HashStore<String, String> closed = store) {
      assertFalse(closed.isClosed());
      store.put("k", "v");
      Iterator<Map.Entry<String, String>> entries = store.entrySet().iterator();
      assertTrue(entries.hasNext());
      store.clear();
      assertNotEquals(null, entries.next());
      assertFalse(entries.hasNext());
    }
  }
}
