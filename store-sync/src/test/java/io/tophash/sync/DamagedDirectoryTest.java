package io.tophash.sync;

import static io.tophash.sync.format.DirectoryWord.MAX_DEPTH;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.StoreException;
import io.tophash.core.memory.HeapBytes;
import io.tophash.sync.format.DirectoryWord;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.ShardLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A directory word that leads astray in any of its parts: a lookup gives what was put or says that
 * the shard is damaged. It must not take the damage for a race, and try again for ever.
 */
@Tag("fault")
class DamagedDirectoryTest {
  private static final int ENTRIES = 3_000;

  @TempDir Path directory;

  @Test
  void aLookupOfLongsEnds() throws IOException {
    assertEnds(SyncStore.builder(Codecs.int64(), Codecs.int64()).windowBytes(1 << 20), 1L);
  }

  @Test
  void aLookupOfRecordsEnds() throws IOException {
    assertEnds(SyncStore.builder(Codecs.int64(), Codecs.utf8()).windowBytes(1 << 20), "one");
  }

  private <V> void assertEnds(SyncStoreBuilder<Long, V> builder, V stored) throws IOException {
    Path path = directory.resolve("store");
    try (SyncStore<Long, V> store = builder.open(path)) {
      for (long key = 0; key < ENTRIES; key++) {
        store.set(key, stored);
      }
    }
    byte[] whole = Files.readAllBytes(path);
    int at = RegionLayout.shard(0) + ShardLayout.DIRECTORY;
    long right = HeapBytes.getLong(whole, at);
    int refused = 0;
    for (int depth = 0; depth <= MAX_DEPTH + 1; depth++) {
      for (long position : new long[] {DirectoryWord.position(right), 0, whole.length - 1024}) {
        byte[] damaged = whole.clone();
        long wrong = DirectoryWord.of(position, depth, DirectoryWord.generation(right));
        HeapBytes.putLong(damaged, at, wrong);
        Files.write(path, damaged);
        refused +=
            assertTimeoutPreemptively(
                Duration.ofSeconds(60),
                () -> lookUpAll(builder, path, stored),
                () -> "position=" + position + " word=" + Long.toHexString(wrong));
      }
    }
    assertTrue(refused > 0, "no damage was met");
  }

  private static <V> int lookUpAll(SyncStoreBuilder<Long, V> builder, Path path, V stored) {
    int refused = 0;
    try (SyncStore<Long, V> store = builder.open(path)) {
      for (long key = 0; key < ENTRIES; key++) {
        try {
          V found = store.get(key);
          if (found != null) {
            assertEquals(stored, found);
          }
        } catch (CorruptStoreException e) {
          refused = 1;
        }
      }
    } catch (StoreException e) {
      refused = 1; // at the opening
    }
    return refused;
  }
}
