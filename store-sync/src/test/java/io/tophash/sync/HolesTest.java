package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.errors.StoreTimeoutException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.attach.Cores;
import io.tophash.sync.attach.SyncCore;
import io.tophash.sync.attach.SyncRequest;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.segment.InlineSegments;
import io.tophash.sync.shard.Shards;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The holes that validation and guard close, each left open for once: a reader that does not look
 * at the segment word again, and a compare and set outside of the guard. Both go wrong here, step
 * by step in one thread; and the guard is shown to keep the second from happening.
 */
@Tag("fast")
@Tag("race")
class HolesTest {
  private static final int WINDOW_SHIFT = 20;
  private static final long KEY = 7;

  @TempDir Path dir;

  /** A store of one tiny shard, and what it is made of. */
  private static final class Opened {
    final LongSyncStore store;
    final MappedMemory memory;
    final Shards shards;
    final InlineSegments segments;
    final long hash;

    Opened(LongSyncStore store, SyncCore core) {
      this.store = store;
      this.memory = core.memory();
      this.shards = core.shards();
      this.segments = (InlineSegments) shards.context().kind();
      this.hash = core.keyHash().ofLong(KEY);
    }

    long segmentWord() {
      return memory.getLongAcquire(
          shards.context().entry(shards.context().directoryWord(0), hash), 0);
    }

    /** Reads as a lookup does, by a word that was read before, without a look at it afterwards. */
    long readBy(long segmentWord) {
      long found = segments.find(segmentWord, KEY, hash);
      return found > 0
          ? memory.getLong(InlineSegments.bucket(found), InlineSegments.slot(found))
          : -1;
    }

    /** Moves all segments, so that their blocks are used again. */
    void rebuildOften(int round) {
      for (long key = 1_000; key < 1_400; key++) {
        store.set(key + 1_000L * round, key);
      }
      for (long key = 1_000; key < 1_400; key++) {
        store.delete(key + 1_000L * round);
      }
    }
  }

  private void withStore(Consumer<Opened> test) {
    Path file = dir.resolve("holes.tph");
    try (LongSyncStore store =
        SyncStore.longs()
            .missingValue(-1)
            .shards(1)
            .windowBytes(1 << WINDOW_SHIFT)
            .maxSegmentBytes(2_000)
            .lockTimeout(Duration.ofMillis(300))
            .open(file)) {
      SyncRequest request = new SyncRequest(Codecs.int64(), Codecs.int64());
      request.windowShift = WINDOW_SHIFT;
      request.lockTimeoutMs = 300;
      request.shardShift = 0;
      request.maxSegmentBytes = 2_000;
      SyncCore core = Cores.acquire(request.at(file, false));
      try {
        test.accept(new Opened(store, core));
      } finally {
        Cores.release(core);
      }
    }
  }

  @Test
  void aReaderThatDoesNotValidateMissesAPresentKeyOrReadsAnOldValue() {
    withStore(
        opened -> {
          boolean wrong = false;
          for (int round = 0; round < 50 && !wrong; round++) {
            opened.store.set(KEY, round);
            long word = opened.segmentWord();
            assertEquals(round, opened.readBy(word));
            opened.rebuildOften(round);
            opened.store.set(KEY, round + 1);
            wrong = opened.readBy(word) != round + 1;
            assertEquals(round + 1, opened.store.get(KEY));
          }
          assertTrue(wrong, "the hole was not there");
        });
  }

  @Test
  void aCompareAndSetOutsideOfTheGuardIsLost() {
    withStore(
        opened -> {
          opened.store.set(KEY, 1);
          long found = opened.segments.find(opened.segmentWord(), KEY, opened.hash);
          long word = opened.segmentWord();
          for (int round = 0; opened.segmentWord() == word; round++) {
            opened.rebuildOften(round);
          }
          // Whether it succeeds on what is left of the old block or not: the entry has moved.
          long bucket = InlineSegments.bucket(found);
          opened.memory.compareAndSetLong(bucket, InlineSegments.slot(found), 1, 2);
          assertEquals(1, opened.store.get(KEY), "the addition arrived nevertheless");
        });
  }

  @Test
  void whileOneIsInTheGuardNothingMoves() {
    withStore(
        opened -> {
          opened.store.set(KEY, 1);
          long guard = opened.shards.enterGuard(0);
          long word = opened.segmentWord() | SegmentWord.AMENDED;
          assertThrows(StoreTimeoutException.class, () -> opened.rebuildOften(0));
          assertEquals(word, opened.segmentWord() | SegmentWord.AMENDED);
          long found = opened.segments.find(word, KEY, opened.hash);
          long bucket = InlineSegments.bucket(found);
          assertTrue(opened.memory.compareAndSetLong(bucket, InlineSegments.slot(found), 1, 2));
          opened.shards.leaveGuard(guard);
          assertEquals(2, opened.store.get(KEY));
          opened.rebuildOften(0);
          assertEquals(2, opened.store.get(KEY));
          opened.store.clear();
          Described.verifyAtRest(opened.store, 0);
        });
  }
}
