package io.tophash.bench.store;

import io.tophash.bench.data.Records;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.lmdbjava.Cursor;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Txn;

/** {@link LmdbFile LMDB} with the bytes of strings as keys. */
final class LmdbRecords implements RecordStore {
  private static final long BYTES_PER_ENTRY = 400;

  private final ByteBuffer keyBuffer = ByteBuffer.allocateDirect(Records.KEY_BYTES);
  private final ByteBuffer valueBuffer = ByteBuffer.allocateDirect(Records.VALUE_BYTES);
  private final byte[] into = new byte[Records.VALUE_BYTES];
  private LmdbFile file;
  private Txn<ByteBuffer> own; // null in the thread that opened it
  private long usedBytes;

  private ByteBuffer key(String key) {
    return keyBuffer.clear().put(key.getBytes(StandardCharsets.UTF_8)).flip();
  }

  @Override
  public void open(Path directory, long entries) {
    file = new LmdbFile(directory, entries * BYTES_PER_ENTRY, "records", DbiFlags.MDB_CREATE);
  }

  @Override
  public RecordStore forThread() {
    LmdbRecords other = new LmdbRecords();
    other.file = file;
    other.own = file.otherReader();
    return other;
  }

  @Override
  public void endBatch() {
    file.endBatch();
  }

  private ByteBuffer find(String key) {
    return file.dbi.get(own == null ? file.reader() : own, key(key));
  }

  private static long copy(String key, ByteBuffer found, byte[] target) {
    if (found == null) {
      throw RecordStore.absent(key);
    }
    found.get(0, target);
    return Records.fold(target);
  }

  @Override
  public long get(String key) {
    return copy(key, find(key), new byte[Records.VALUE_BYTES]);
  }

  @Override
  public long getInto(String key) {
    return copy(key, find(key), into);
  }

  @Override
  public boolean has(String key) {
    return find(key) != null;
  }

  @Override
  public void put(String key, byte[] value) {
    file.dbi.put(file.writer(), key(key), valueBuffer.clear().put(value).flip());
  }

  @Override
  public void remove(String key) {
    file.dbi.delete(file.writer(), key(key));
  }

  @Override
  public long iterate() {
    endBatch();
    long sum = 0;
    byte[] key = new byte[Records.KEY_BYTES];
    try (Cursor<ByteBuffer> cursor = file.dbi.openCursor(file.reader())) {
      for (boolean more = cursor.first(); more; more = cursor.next()) {
        cursor.key().get(0, key);
        cursor.val().get(0, into);
        sum += Records.fold(new String(key, StandardCharsets.UTF_8), into);
      }
    }
    return sum;
  }

  @Override
  public long size() {
    return file.size();
  }

  @Override
  public long fileBytes(Path directory) {
    return usedBytes;
  }

  @Override
  public void close() {
    usedBytes = file.close();
  }
}
