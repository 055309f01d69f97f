package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import io.tophash.core.format.Tophash;
import io.tophash.core.memory.HeapBytes;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.attach.Cores;
import io.tophash.sync.attach.SyncCore;
import io.tophash.sync.attach.SyncRequest;
import io.tophash.sync.format.DirectoryWord;
import io.tophash.sync.format.OverflowWord;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.segment.Segments;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The filter of a full home bucket: it says of most absent keys that they are nowhere, and of no
 * key of the dirty table. A bucket that was built before the filter knew of the dirty table says
 * nothing, and everything is found nevertheless.
 */
@Tag("fast")
@Tag("contract")
class DirtyFilterTest {
  private static final int WINDOW_SHIFT = 20;
  private static final int ENTRIES = 3_000;
  private static final int ABSENT = 20_000;

  @TempDir Path directory;

  /** A store of one shard, with what the test looks at. */
  private static final class Opened<V> implements AutoCloseable {
    final SyncStore<Long, V> store;
    final SyncCore core;
    final LongFunction<V> values;
    private final int bucketBytes;
    private final int overflow;

    Opened(Path path, Codec<V> codec, LongFunction<V> values) {
      this.values = values;
      store =
          SyncStore.builder(Codecs.int64(), codec)
              .shards(1)
              .windowBytes(1 << WINDOW_SHIFT)
              .open(path);
      SyncRequest request = new SyncRequest(Codecs.int64(), codec);
      request.windowShift = WINDOW_SHIFT;
      request.lockTimeoutMs = 10_000;
      request.shardShift = 0;
      core = Cores.acquire(request.at(path, false));
      bucketBytes = core.shards().context().kind().bucketBytes();
      overflow =
          bucketBytes == SegmentLayout.RECORD_BUCKET_BYTES
              ? SegmentLayout.RECORD_OVERFLOW
              : SegmentLayout.INLINE_OVERFLOW;
    }

    /** Calls with each read bucket of the store: its position, and that of its overflow word. */
    void forEachReadBucket(BiConsumer<Long, Long> action) {
      MappedMemory memory = core.memory();
      long directoryWord = core.shards().context().directoryWord(0);
      int depth = DirectoryWord.depth(directoryWord);
      for (int i = 0; i < 1 << depth; i++) {
        long hash = depth == 0 ? 0 : (long) i << 64 - depth;
        long word = memory.getLong(core.shards().context().entry(directoryWord, hash), 0);
        long table = SegmentWord.position(word) + SegmentLayout.HEADER_BYTES;
        for (int b = 0; b < SegmentWord.readBuckets(word); b++) {
          long bucket = table + (long) b * bucketBytes;
          action.accept(bucket, bucket + overflow);
        }
      }
    }

    /** Full buckets of the read tables, whose filters have a key and whose links none. */
    int fullWithDirtyKeysOnly() {
      int[] count = new int[1];
      forEachReadBucket(
          (bucket, overflowWord) -> {
            long word = core.memory().getLong(overflowWord, 0);
            if (OverflowWord.link(word) == 0 && word != 0) {
              assertFalse(Tophash.endsChain(core.memory().getLong(bucket, 0)), "not full");
              count[0]++;
            }
          });
      return count[0];
    }

    /** Lets the filters of all read buckets have every key: they say nothing then. */
    void fillFilters() {
      forEachReadBucket(
          (bucket, overflowWord) -> {
            long word = core.memory().getLong(overflowWord, 0);
            core.memory().putLong(overflowWord, 0, word | -1L << 16);
          });
    }

    void assertHasAll(int entries) {
      for (long key = 0; key < entries; key++) {
        assertEquals(values.apply(key), store.get(key), "key=" + key);
      }
      assertTrue(store.verify().isClean(), () -> store.verify().findings().toString());
    }

    /** Of how many absent keys a lookup went to the dirty table. */
    int missesOfAbsentKeys() {
      int misses = 0;
      Segments kind = core.shards().context().kind();
      for (long key = -ABSENT; key < 0; key++) {
        assertNull(store.get(key));
        long hash = hash(key);
        long directoryWord = core.shards().context().directoryWord(0);
        long word = core.memory().getLong(core.shards().context().entry(directoryWord, hash), 0);
        misses += kind.isMiss(word, hash, 0) ? 1 : 0;
      }
      return misses;
    }

    private long hash(long key) {
      if (bucketBytes == SegmentLayout.INLINE_BUCKET_BYTES) {
        return core.keyHash().ofLong(key);
      }
      byte[] encoded = new byte[Long.BYTES];
      HeapBytes.putLong(encoded, 0, key);
      return core.keyHash().ofBytes(encoded, encoded.length);
    }

    @Override
    public void close() {
      Cores.release(core);
      store.close();
    }
  }

  private <V> void check(Codec<V> codec, LongFunction<V> values) {
    try (Opened<V> opened = new Opened<>(directory.resolve("store"), codec, values)) {
      int most = 0;
      int entries = 0;
      for (; entries < ENTRIES; entries++) {
        opened.store.set((long) entries, values.apply(entries));
        if (entries % 100 == 0) {
          most = Math.max(most, opened.fullWithDirtyKeysOnly());
          opened.assertHasAll(entries + 1);
        }
      }
      assertTrue(most > 0, "no key came to a dirty table");
      // A key more or less, until the dirty tables are in use.
      while (opened.fullWithDirtyKeysOnly() < 3) {
        opened.store.set((long) entries, values.apply(entries));
        entries++;
      }
      int misses = opened.missesOfAbsentKeys();
      opened.fillFilters();
      opened.assertHasAll(entries);
      int before = opened.missesOfAbsentKeys();
      assertTrue(misses * 4 < before, "misses=" + misses + " without the filter=" + before);
      for (int more = 0; more < 50; more++, entries++) {
        opened.store.set((long) entries, values.apply(entries));
        opened.assertHasAll(entries + 1);
      }
    }
  }

  @Test
  void ofLongs() {
    check(Codecs.int64(), key -> key * 3);
  }

  @Test
  void ofRecords() {
    check(Codecs.utf8(), key -> "value of " + key);
  }
}
