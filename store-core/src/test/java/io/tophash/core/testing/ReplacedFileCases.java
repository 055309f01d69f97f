package io.tophash.core.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.Store;
import io.tophash.core.errors.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of an open store is replaced or removed: its changes would go where nobody looks. */
@Tag("fault")
public abstract class ReplacedFileCases {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir protected Path dir;
  private Path path;
  private Path kept;

  /** A store of longs for writing. */
  protected abstract Store open(Path path);

  protected abstract void put(Store store, long key, long value);

  protected abstract Long get(Store store, long key);

  protected abstract String trouble(Store store);

  @BeforeEach
  void resolve() {
    path = dir.resolve("a.tph");
    kept = dir.resolve("kept");
  }

  /** Changes until one is refused, which is some moments later. */
  private StoreException refusal(Store store) {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (true) {
      try {
        put(store, 2, 2);
        assertFalse(System.nanoTime() > deadline, "no change is refused");
      } catch (StoreException e) {
        return e;
      }
    }
  }

  @Test
  void aReplacedFileIsNoticed() throws Exception {
    try (Store store = open(path)) {
      put(store, 1, 1);
      assertNull(trouble(store));
      store.backup(kept);
      Files.move(kept, path, StandardCopyOption.REPLACE_EXISTING);
      StoreException e = refusal(store);
      assertTrue(e.getMessage().contains("was replaced"), e.getMessage());
      assertTrue(e.getMessage().contains("open it again, store="), e.getMessage());
      assertTrue(trouble(store).contains("was replaced"));
      assertEquals(1, get(store, 1), "reads go on");
    }
    try (Store store = open(path)) {
      put(store, 3, 3);
    }
  }

  @Test
  void aRemovedFileIsNoticed() throws Exception {
    try (Store store = open(path)) {
      Files.delete(path);
      assertTrue(refusal(store).getMessage().contains("was removed"));
    }
  }

  @Test
  void aFileThatIsMovedBackIsTheStoreAgain() throws Exception {
    try (Store store = open(path)) {
      Files.move(path, kept);
      refusal(store);
      Files.move(kept, path);
      long deadline = System.nanoTime() + LONG.toNanos();
      while (trouble(store) != null) {
        assertFalse(System.nanoTime() > deadline, "it stays refused");
      }
      put(store, 1, 7);
      assertEquals(7, get(store, 1));
    }
  }
}
