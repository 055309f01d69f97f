package io.tophash.sync;

import io.tophash.core.memory.HeapBytes;
import io.tophash.sync.format.SyncRecordLayout;
import io.tophash.sync.segment.Gathered;
import java.util.Arrays;

/**
 * A walk over the entries of a {@link RecordTable}. A small record is delivered from the copy of
 * its segment. Of a large one the copy has the key only; its value is looked up when it is
 * delivered.
 */
final class RecordWalk<K, V> implements EntryWalk<K, V> {
  private final RecordTable table;
  private final SegmentWalk walk;
  private final RecordForm<K, V> form;
  private final RecordEntries<K, V> entries;
  // Keys of the large records of the present segment, by their numbers.
  private byte[][] largeKeys = new byte[0][];
  private K key;
  private byte[] bytes;
  private int valueAt;
  private int valueBytes;

  RecordWalk(RecordTable table, RecordForm<K, V> form, RecordEntries<K, V> entries) {
    this.table = table;
    this.walk = new SegmentWalk(table);
    this.form = form;
    this.entries = entries;
  }

  @Override
  public boolean advance() {
    while (true) {
      int entry = walk.next(this::copyLargeKeys);
      if (entry < 0) {
        return false;
      }
      if (largeKeys[entry] == null) {
        toSmall(entry);
        return true;
      }
      byte[] encoded = largeKeys[entry];
      key = form.key(encoded, 0, encoded.length);
      bytes = entries.getEncoded(key);
      if (bytes != null) {
        valueAt = 0;
        valueBytes = bytes.length;
        return true;
      }
    }
  }

  private void toSmall(int entry) {
    Gathered g = walk.gathered();
    int record = g.recordOffset(entry);
    bytes = g.bytes();
    int keyBytes =
        SyncRecordLayout.keyLength(
            (int) HeapBytes.INT.get(bytes, record + SyncRecordLayout.KEY_LENGTH));
    valueBytes = (int) HeapBytes.INT.get(bytes, record + SyncRecordLayout.VALUE_LENGTH);
    valueAt = record + SyncRecordLayout.PAYLOAD + keyBytes;
    key = form.key(bytes, record + SyncRecordLayout.PAYLOAD, keyBytes);
  }

  private boolean copyLargeKeys(Gathered g) {
    if (largeKeys.length < g.count()) {
      largeKeys = new byte[Math.max(g.count(), 2 * largeKeys.length)][];
    } else {
      Arrays.fill(largeKeys, null);
    }
    for (int i = 0; i < g.count(); i++) {
      long block = table.shards.context().kind().largeBlock(g, i);
      if (block != 0) {
        int at = g.recordOffset(i);
        int keyBytes =
            SyncRecordLayout.keyLength(
                (int) HeapBytes.INT.get(g.bytes(), at + SyncRecordLayout.KEY_LENGTH));
        if (table
            .shards
            .context()
            .kind()
            .leavesMapping(block, SyncRecordLayout.PAYLOAD + (long) keyBytes)) {
          return false;
        }
        byte[] copy = new byte[keyBytes];
        table.memory.getBytes(block + SyncRecordLayout.PAYLOAD, copy, 0, keyBytes);
        // The block may have been freed while the segment stayed: then the slot has changed.
        if (table.core.keyHash().ofBytes(copy, 0, keyBytes) != g.hash(i)) {
          return false;
        }
        largeKeys[i] = copy;
      }
    }
    return true;
  }

  @Override
  public K key() {
    return key;
  }

  @Override
  public V value() {
    return form.value(bytes, valueAt, valueBytes);
  }

  boolean isValue(byte[] encoded) {
    return Arrays.equals(bytes, valueAt, valueAt + valueBytes, encoded, 0, encoded.length);
  }
}
