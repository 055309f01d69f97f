package io.tophash.sync.entry;

import io.tophash.core.map.EntryWalk;
import io.tophash.core.memory.HeapBytes;
import io.tophash.sync.format.SyncRecordLayout;
import io.tophash.sync.segment.Gathered;
import io.tophash.sync.segment.RecordSegments;
import java.util.Arrays;

/**
 * A walk over the entries of a {@link RecordTable}. A small record is delivered from the copy of
 * its segment. Of a large one the copy has the key only; its value is looked up when it is
 * delivered.
 */
public final class RecordWalk<K, V> implements EntryWalk<K, V> {
  private static final byte[] DELETED = {};

  private final RecordTable table;
  private final SegmentWalk walk;
  private final RecordForm<K, V> form;
  private final RecordSegments segments;
  // Headers and keys of the large records of the present segment, by their numbers.
  private byte[][] large = new byte[0][];
  private K key;
  private byte[] bytes;
  private int valueAt;
  private int valueBytes;

  RecordWalk(RecordTable table, RecordForm<K, V> form) {
    this.table = table;
    this.walk = new SegmentWalk(table);
    this.form = form;
    this.segments = table.segments();
  }

  @Override
  public boolean advance() {
    while (true) {
      int entry = walk.next(this::copyLargeKeys);
      if (entry < 0) {
        return false;
      }
      byte[] record = large[entry];
      if (record == null) {
        toSmall(entry);
        return true;
      }
      if (record != DELETED && toLarge(record, walk.gathered().hash(entry))) {
        return true;
      }
    }
  }

  private boolean toLarge(byte[] record, long hash) {
    int keyBytes = record.length - SyncRecordLayout.PAYLOAD;
    bytes = table.lookup().copy(record, SyncRecordLayout.PAYLOAD, keyBytes, hash);
    if (bytes == null) {
      return false;
    }
    key = form.keys().read(record, SyncRecordLayout.PAYLOAD, keyBytes);
    valueAt = 0;
    valueBytes = bytes.length;
    return true;
  }

  private void toSmall(int entry) {
    Gathered g = walk.gathered();
    int record = g.recordOffset(entry);
    if (table.verifies() && !segments.isWhole(g, entry)) {
      throw RecordLookup.damagedRecord(RecordSegments.bucketOf(g, entry));
    }
    bytes = g.bytes();
    if (segments.isCache()) {
      byte[] encoded = segments.keyOf(g, entry);
      key = form.keys().read(encoded, 0, encoded.length);
      bytes = segments.valueOf(g, entry);
      valueAt = 0;
      valueBytes = bytes.length;
      return;
    }
    int keyBytes =
        SyncRecordLayout.keyLength(
            (int) HeapBytes.INT.get(bytes, record + SyncRecordLayout.KEY_LENGTH));
    valueBytes = (int) HeapBytes.INT.get(bytes, record + SyncRecordLayout.VALUE_LENGTH);
    valueAt = record + SyncRecordLayout.PAYLOAD + keyBytes;
    key = form.keys().read(bytes, record + SyncRecordLayout.PAYLOAD, keyBytes);
  }

  private void copyLargeKeys(long segmentWord, Gathered g) {
    if (large.length < g.count()) {
      large = new byte[Math.max(g.count(), 2 * large.length)][];
    }
    for (int i = 0; i < g.count(); i++) {
      large[i] = null;
      if (segments.largeBlock(g, i) != 0) {
        byte[] copy = segments.copyKey(segmentWord, g, i);
        large[i] = copy == null ? DELETED : copy;
      }
    }
  }

  @Override
  public K key() {
    return key;
  }

  @Override
  public V value() {
    return form.values().read(bytes, valueAt, valueBytes);
  }

  boolean isValue(byte[] encoded) {
    return Arrays.equals(bytes, valueAt, valueAt + valueBytes, encoded, 0, encoded.length);
  }
}
