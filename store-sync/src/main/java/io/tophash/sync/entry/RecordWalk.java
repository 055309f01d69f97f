package io.tophash.sync.entry;

import io.tophash.core.map.Encoding;
import io.tophash.core.map.EntryWalk;
import io.tophash.sync.format.SyncRecordLayout;
import io.tophash.sync.segment.Gathered;
import io.tophash.sync.segment.RecordImage;
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
  private final Encoding<K> keys;
  private final Encoding<V> values;
  private final RecordSegments segments;
  // Headers and keys of the large records of the present segment, by their numbers.
  private byte[][] large = new byte[0][];
  private K key;
  private byte[] bytes;
  private int valueAt;
  private int valueBytes;

  RecordWalk(RecordTable table, Encoding<K> keys, Encoding<V> values) {
    this.table = table;
    this.walk = new SegmentWalk(table);
    this.keys = keys;
    this.values = values;
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
    bytes = table.lookup().copy(record, SyncRecordLayout.PAYLOAD, keyBytes, hash, null);
    if (bytes == null) {
      return false;
    }
    key = keys.read(record, SyncRecordLayout.PAYLOAD, keyBytes);
    valueAt = 0;
    valueBytes = bytes.length;
    return true;
  }

  private void toSmall(int entry) {
    Gathered g = walk.gathered();
    int record = g.recordOffset(entry);
    if (table.verifies() && !g.isWhole(entry)) {
      throw RecordSearch.damagedRecord(RecordSegments.bucket(g.cell(entry)));
    }
    bytes = g.bytes();
    valueAt = RecordImage.valueAt(bytes, record);
    valueBytes = RecordImage.valueBytes(bytes, record);
    int keyAt = record + SyncRecordLayout.PAYLOAD;
    key = keys.read(bytes, keyAt, valueAt - keyAt);
    if (segments.isCache()) {
      bytes = g.agedValueOf(entry);
      valueAt = 0;
      valueBytes = bytes.length;
    }
  }

  private void copyLargeKeys(long segmentWord, Gathered g) {
    if (large.length < g.count()) {
      large = new byte[Math.max(g.count(), 2 * large.length)][];
    }
    for (int i = 0; i < g.count(); i++) {
      large[i] = null;
      if (g.largeBlock(i) != 0) {
        byte[] copy = segments.large().copyKey(segmentWord, g, i);
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
    return values.read(bytes, valueAt, valueBytes);
  }

  boolean isValue(byte[] encoded) {
    return Arrays.equals(bytes, valueAt, valueAt + valueBytes, encoded, 0, encoded.length);
  }
}
