package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.crash.InMemoryDirectory;
import io.tophash.core.errors.CorruptStoreException;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.ShardLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A word of a shard that was damaged while the store was closed: no entry goes in silence. */
@Tag("fault")
class DamagedShardTest {
  private static final int ENTRIES = 1_000;

  @TempDir(factory = InMemoryDirectory.class)
  Path directory;

  private Path path;
  private byte[] whole;

  @BeforeEach
  void makeStore() throws IOException {
    path = directory.resolve("store.tph");
    try (LongSyncStore store = open(false)) {
      for (long key = 0; key < ENTRIES; key++) {
        store.put(key, key);
      }
    }
    whole = Files.readAllBytes(path);
  }

  private LongSyncStore open(boolean readOnly) {
    return SyncStore.longs().shards(4).windowBytes(1 << 20).readOnly(readOnly).open(path);
  }

  private void damage(int shard, int field, int bit) throws IOException {
    byte[] damaged = whole.clone();
    damaged[RegionLayout.shard(shard) + field + bit / 8] ^= (byte) (1 << bit % 8);
    Files.write(path, damaged);
  }

  @Test
  void anyBitOfADirectoryWordOrAnEpochIsNoticed() throws IOException {
    for (int field : new int[] {ShardLayout.DIRECTORY, ShardLayout.STATE}) {
      for (int bit = 0; bit < 64; bit += 3) {
        damage(2, field, bit);
        assertThrows(CorruptStoreException.class, () -> open(true));
        assertThrows(CorruptStoreException.class, () -> open(false));
      }
    }
  }

  @Test
  void aNumberOfEntriesIsSetRight() throws IOException {
    for (int bit = 0; bit < 64; bit += 7) {
      damage(1, ShardLayout.COUNT, bit);
      assertThrows(CorruptStoreException.class, () -> open(true));
      try (LongSyncStore store = open(false)) {
        assertEquals(ENTRIES, store.sizeLong());
        assertTrue(store.verify().isClean());
      }
      try (LongSyncStore store = open(true)) {
        assertEquals(ENTRIES, store.sizeLong());
      }
    }
  }
}
