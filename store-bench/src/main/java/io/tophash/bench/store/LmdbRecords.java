package io.tophash.bench.store;

import io.tophash.bench.data.KeyForm;
import io.tophash.bench.data.RecordShape;
import io.tophash.bench.data.Records;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.lmdbjava.Cursor;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Txn;

/** {@link LmdbFile LMDB} with integer keys, or the bytes of strings. */
final class LmdbRecords<K> implements RecordStore<K> {
  /** Pages that are half full, and a page more for what does not fit into one. */
  private static final int BYTES_BESIDE = 100;

  private static final int PAGE_BYTES = 4096;

  private final RecordShape<K> shape;
  private final ByteBuffer keyBuffer;
  private final ByteBuffer valueBuffer;
  private final byte[] into;
  private LmdbFile file;
  private Txn<ByteBuffer> own; // null in the thread that opened it
  private boolean parked;
  private long usedBytes;

  LmdbRecords(RecordShape<K> shape) {
    this.shape = shape;
    this.keyBuffer = ByteBuffer.allocateDirect(shape.keys().bytes());
    this.valueBuffer = ByteBuffer.allocateDirect(shape.valueBytes());
    this.into = new byte[shape.valueBytes()];
  }

  private ByteBuffer key(K key) {
    keyBuffer.clear();
    shape.keys().write(key, keyBuffer);
    return keyBuffer.flip();
  }

  @Override
  public void open(Path directory, long entries) {
    int each = 2 * (shape.entryBytes() + BYTES_BESIDE);
    long bytes = entries * (each > PAGE_BYTES ? each + PAGE_BYTES : each);
    file =
        shape.keys() == KeyForm.INT
            ? new LmdbFile(
                directory, bytes, "records", DbiFlags.MDB_CREATE, DbiFlags.MDB_INTEGERKEY)
            : new LmdbFile(directory, bytes, "records", DbiFlags.MDB_CREATE);
  }

  @Override
  public RecordStore<K> forThread() {
    LmdbRecords<K> other = new LmdbRecords<>(shape);
    other.file = file;
    other.own = file.otherReader();
    return other;
  }

  @Override
  public void endBatch() {
    if (own == null) {
      file.endBatch();
    }
  }

  private ByteBuffer find(K key) {
    return file.dbi.get(reader(), key(key));
  }

  private static long copy(Object key, ByteBuffer found, byte[] target) {
    if (found == null) {
      throw RecordStore.absent(key);
    }
    found.get(0, target);
    return Records.fold(target);
  }

  @Override
  public long get(K key) {
    return copy(key, find(key), new byte[shape.valueBytes()]);
  }

  @Override
  public long getInto(K key) {
    return copy(key, find(key), into);
  }

  @Override
  public boolean has(K key) {
    return find(key) != null;
  }

  @Override
  public void refresh() {
    if (own == null) {
      file.refresh();
    } else {
      park();
    }
  }

  /** Lets go of the snapshot of this thread, which keeps the pages of old versions from use. */
  private void park() {
    if (!parked) {
      own.reset();
      parked = true;
    }
  }

  private Txn<ByteBuffer> reader() {
    if (own == null) {
      return file.reader();
    }
    if (parked) {
      own.renew();
      parked = false;
    }
    return own;
  }

  /** One of several threads that write ends each write at once: there is one writer at a time. */
  @Override
  public void put(K key, byte[] value) {
    ByteBuffer bytes = valueBuffer.clear().put(value).flip();
    if (own == null) {
      file.dbi.put(file.writer(), key(key), bytes);
      return;
    }
    park();
    try (Txn<ByteBuffer> writer = file.env.txnWrite()) {
      file.dbi.put(writer, key(key), bytes);
      writer.commit();
    }
  }

  @Override
  public void remove(K key) {
    if (own != null) {
      throw new IllegalStateException("only the thread that opened the store removes");
    }
    file.dbi.delete(file.writer(), key(key));
  }

  @Override
  public long iterate() {
    endBatch();
    long sum = 0;
    byte[] key = new byte[shape.keys().bytes()];
    try (Cursor<ByteBuffer> cursor = file.dbi.openCursor(file.reader())) {
      for (boolean more = cursor.first(); more; more = cursor.next()) {
        cursor.key().get(0, key);
        cursor.val().get(0, into);
        sum += Records.fold(shape.keys().read(key), into);
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
