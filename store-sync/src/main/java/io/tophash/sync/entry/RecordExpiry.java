package io.tophash.sync.entry;

import static io.tophash.sync.segment.RecordSegments.bucket;
import static io.tophash.sync.segment.RecordSegments.slot;

import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.SlotWord;
import io.tophash.sync.format.SyncRecordLayout;
import io.tophash.sync.process.Deserted;
import io.tophash.sync.segment.RecordImage;
import io.tophash.sync.segment.RecordSegments;
import io.tophash.sync.shard.ShardContext;
import java.nio.ByteBuffer;

/**
 * Changes in place when an entry of a cache expires: one compare and set of the long in front of
 * its record.
 *
 * <p>In the guard the segment cannot be replaced and a small record keeps its place while its slot
 * does; a record that another change unlinks meanwhile is nobody's until the next rebuild, so a
 * store to it harms nothing. A large record's block may be freed by the holder of the lock, so that
 * takes the lock.
 */
final class RecordExpiry {
  private enum Done {
    CHANGED,
    DIFFERS,
    NEEDS_LOCK
  }

  private final OpenTable table;
  private final MappedMemory memory;
  private final RecordSegments segments;

  RecordExpiry(OpenTable table, RecordSegments segments) {
    this.table = table;
    this.memory = table.memory;
    this.segments = segments;
  }

  /**
   * Sets the long in front of the record of a key.
   *
   * @param lookup the encoded key as a record
   * @param expected the encoded value that the key must have, with the present long
   * @return false if it has another
   */
  boolean change(byte[] lookup, int keyBytes, long hash, byte[] expected, long expires) {
    table.checkWritable();
    int shard = table.context.shardOf(hash);
    try {
      Done done = guarded(shard, lookup, keyBytes, hash, expected, expires);
      if (done == Done.NEEDS_LOCK) {
        Done[] result = new Done[1];
        table.shards.locked(
            shard,
            () -> {
              table.checkOpen();
              table.context.mapAll().run();
              result[0] = tryChange(lookup, keyBytes, hash, expected, expires, true);
              return 0;
            });
        done = result[0];
      }
      memory.keepAlive();
      return done == Done.CHANGED;
    } catch (IndexOutOfBoundsException e) {
      throw table.explain(e);
    }
  }

  private Done guarded(
      int shard, byte[] lookup, int keyBytes, long hash, byte[] expected, long expires) {
    int thread = Deserted.thread();
    Deserted deserted = table.shards.deserted();
    try {
      long guard = table.enterGuard(shard);
      if (guard == 0) {
        return Done.NEEDS_LOCK;
      }
      Done done = tryChange(lookup, keyBytes, hash, expected, expires, false);
      table.shards.leaveGuard(guard);
      return done;
    } catch (Throwable e) {
      deserted.threads[thread & Deserted.PLACES] = thread;
      deserted.state = Deserted.NOTED;
      throw e;
    }
  }

  private Done tryChange(
      byte[] lookup, int keyBytes, long hash, byte[] expected, long expires, boolean locked) {
    ShardContext context = table.context;
    long entry = context.entry(context.directoryWord(context.shardOf(hash)), hash);
    if (segments.isOutside(entry, 8)) {
      return Done.NEEDS_LOCK;
    }
    long word = memory.getLongAcquire(entry, 0);
    long found = segments.find(word, lookup, keyBytes, hash);
    if (found <= 0) {
      return found < 0 && !locked ? Done.NEEDS_LOCK : Done.DIFFERS;
    }
    int seen = memory.getIntAcquire(bucket(found), slot(found));
    if (SlotWord.isNil(seen)) {
      return Done.DIFFERS;
    }
    long at = RecordSegments.recordPosition(SegmentWord.position(word), seen);
    segments.checkRecord(at);
    int lengths = memory.getInt(at, SyncRecordLayout.KEY_LENGTH);
    int length = memory.getInt(at, SyncRecordLayout.VALUE_LENGTH);
    if (SyncRecordLayout.isLarge(lengths)) {
      if (!locked) {
        return Done.NEEDS_LOCK;
      }
      at = segments.largePosition(at);
    }
    int from = CacheLayout.PREFIX_BYTES;
    if (length != expected.length - from) {
      return Done.DIFFERS;
    }
    segments.checkInside(at, SyncRecordLayout.bytes(keyBytes, length));
    ByteBuffer value = memory.slice(at + SyncRecordLayout.PAYLOAD + keyBytes, length);
    if (!value.equals(ByteBuffer.wrap(expected, from, length))) {
      return Done.DIFFERS;
    }
    // Before the entry may expire: so no sweep passes the segment by that should not.
    segments.log().noteExpiry(word, expires);
    boolean changed =
        memory.compareAndSetLong(at, CacheLayout.EXPIRES, RecordImage.expires(expected), expires);
    return changed && SlotWord.isSame(memory.getIntVolatile(bucket(found), slot(found)), seen)
        ? Done.CHANGED
        : Done.DIFFERS;
  }
}
