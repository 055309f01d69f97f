package io.tophash.sync.entry;

import io.tophash.core.format.Tophash;
import io.tophash.core.map.Encoding;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.Touch;
import io.tophash.sync.format.HashBits;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.SyncRecordLayout;
import io.tophash.sync.log.LogWait;
import io.tophash.sync.segment.RecordSegments;
import io.tophash.sync.segment.Segments;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.function.BiConsumer;

/**
 * Operations on many records. Before those of a batch the cache lines that they will need are
 * fetched in stages, so that the misses of one stage overlap: first all segment words, then all
 * tophash words, then the records that they lead to. Nothing of what is read is believed; the
 * operations that follow find all of it in the caches. A key that is in none of these places, as
 * its segment was moved or its bucket was full, is only slower.
 *
 * <p>For one thread.
 */
final class RecordBatch<K> {
  /** What a record is taken for whose place is fetched beforehand. */
  static final int USUAL_BYTES = 128;

  private static final int SIZE = 32;

  private static final int CACHE_LINE = 64;

  /** What is done with each key. */
  interface Each<K> {
    void take(K key, byte[] encoded, long hash);
  }

  private final RecordTable table;
  private final Encoding<K> keys;
  private final int changes;
  private final RecordSegments segments;
  private final MappedMemory memory;
  private final long[] words = new long[SIZE];
  private final long[] buckets = new long[SIZE];
  private final long[] tophashes = new long[SIZE];

  /**
   * @param changes size of the records that are to be stored, 0 if they are only read
   */
  RecordBatch(RecordTable table, Encoding<K> keys, int changes) {
    this.table = table;
    this.keys = keys;
    this.changes = changes;
    this.segments = table.segments();
    this.memory = table.memory;
  }

  /** Takes one key after the other, in batches. */
  void run(Iterator<? extends K> left, Each<K> each) {
    List<K> batch = new ArrayList<>(SIZE);
    byte[][] encoded = new byte[SIZE][];
    long[] hashes = new long[SIZE];
    table.checkOpen();
    while (left.hasNext()) {
      batch.clear();
      while (left.hasNext() && batch.size() < SIZE) {
        K key = left.next();
        int i = batch.size();
        encoded[i] = keys.bytes(key);
        hashes[i] = table.keyHash().ofBytes(encoded[i], encoded[i].length);
        batch.add(key);
      }
      touch(hashes, batch.size());
      for (int i = 0; i < batch.size(); i++) {
        each.take(batch.get(i), encoded[i], hashes[i]);
      }
    }
  }

  /** Takes one entry after the other, in batches. */
  <V> void runEntries(
      Iterator<? extends Map.Entry<? extends K, ? extends V>> left,
      BiConsumer<? super K, ? super V> each) {
    // Of the present batch: entries of some maps are valid until the next one only.
    Queue<V> values = new ArrayDeque<>(SIZE);
    Iterator<K> wanted =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return left.hasNext();
          }

          @Override
          public K next() {
            Map.Entry<? extends K, ? extends V> entry = left.next();
            values.add(Objects.requireNonNull(entry.getValue(), "value"));
            return entry.getKey();
          }
        };
    run(wanted, (key, bytes, hash) -> each.accept(key, values.remove()));
  }

  /** Makes changes, one after the other, in batches. */
  void runChanges(RecordOp[] ops, int count, LogWait later) {
    long[] hashes = new long[SIZE];
    for (int from = 0; from < count; from += SIZE) {
      int size = Math.min(SIZE, count - from);
      for (int i = 0; i < size; i++) {
        hashes[i] = ops[from + i].hash;
      }
      touch(hashes, size);
      for (int i = from; i < from + size; i++) {
        table.run(ops[i], later);
        ops[i] = null;
      }
    }
  }

  private void touch(long[] hashes, int count) {
    try {
      for (int i = 0; i < count; i++) {
        words[i] = memory.getLongAt(table.views.get(hashes[i]).entry(hashes[i]), 0);
      }
      for (int i = 0; i < count; i++) {
        buckets[i] = Segments.homeBucket(words[i], hashes[i], SegmentLayout.RECORD_BUCKET_BYTES);
        long place = memory.place(buckets[i], SegmentLayout.RECORD_BUCKET_BYTES);
        tophashes[i] = memory.getLongAt(place, 0);
      }
      for (int i = 0; i < count; i++) {
        if (changes != 0) {
          segments.log().touch(words[i], changes);
        }
        long hits = Tophash.match(tophashes[i], Tophash.broadcast(HashBits.tophash(hashes[i])));
        if (hits != 0) {
          touchRecord(words[i], buckets[i], Tophash.firstCell(hits));
        }
      }
    } catch (IndexOutOfBoundsException e) {
      // The operations themselves find out why.
    }
    memory.keepAlive();
  }

  private void touchRecord(long word, long bucket, int cell) {
    long place = memory.place(bucket, SegmentLayout.RECORD_BUCKET_BYTES);
    int slot = memory.getIntAt(place, RecordSegments.slot(cell));
    long record = RecordSegments.recordPosition(SegmentWord.position(word), slot);
    if (!segments.leavesMapping(record, SyncRecordLayout.PAYLOAD + CACHE_LINE)) {
      long lines = memory.place(record, SyncRecordLayout.PAYLOAD + CACHE_LINE);
      Touch.use(memory.getIntAt(lines, SyncRecordLayout.KEY_LENGTH));
      Touch.use(memory.getIntAt(lines, CACHE_LINE));
    }
  }
}
