package io.tophash.bench.store;

import io.tophash.bench.data.Keys;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.lmdbjava.Cursor;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Txn;

/** {@link LmdbFile LMDB} with integer keys. */
final class LmdbLongs implements LongStore {
  private static final long BYTES_PER_ENTRY = 160;

  private final ByteBuffer keyBuffer = longBuffer();
  private final ByteBuffer valueBuffer = longBuffer();
  private LmdbFile file;
  private Txn<ByteBuffer> own; // null in the thread that opened it
  private Txn<ByteBuffer> ownWriter; // begun by a put of another thread, for its batch
  private boolean parked;
  private long usedBytes;

  private static ByteBuffer longBuffer() {
    return ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());
  }

  private ByteBuffer key(long key) {
    return keyBuffer.putLong(0, key);
  }

  @Override
  public void open(Path directory, long entries) {
    file =
        new LmdbFile(
            directory,
            entries * BYTES_PER_ENTRY,
            "longs",
            DbiFlags.MDB_CREATE,
            DbiFlags.MDB_INTEGERKEY);
  }

  @Override
  public LongStore forThread() {
    LmdbLongs other = new LmdbLongs();
    other.file = file;
    other.own = file.otherReader();
    return other;
  }

  @Override
  public void endBatch() {
    if (own == null) {
      file.endBatch();
    } else if (ownWriter != null) {
      ownWriter.commit();
      ownWriter.close();
      ownWriter = null;
    }
  }

  private Txn<ByteBuffer> reader() {
    if (own == null) {
      return file.reader();
    }
    if (ownWriter != null) {
      return ownWriter;
    }
    if (parked) {
      own.renew();
      parked = false;
    }
    return own;
  }

  /** Waits for the other threads that write: there is one writer at a time. */
  private Txn<ByteBuffer> writer() {
    if (own == null) {
      return file.writer();
    }
    if (ownWriter == null) {
      if (!parked) {
        own.reset(); // its snapshot would keep the pages of old versions from use
        parked = true;
      }
      ownWriter = file.env.txnWrite();
    }
    return ownWriter;
  }

  @Override
  public void refresh() {
    file.refresh();
  }

  @Override
  public long get(long key) {
    ByteBuffer found = file.dbi.get(reader(), key(key));
    return found == null ? Keys.MISSING : found.order(ByteOrder.nativeOrder()).getLong(0);
  }

  @Override
  public void put(long key, long value) {
    file.dbi.put(writer(), key(key), valueBuffer.putLong(0, value));
  }

  @Override
  public void remove(long key) {
    file.dbi.delete(writer(), key(key));
  }

  @Override
  public long iterate() {
    endBatch();
    long sum = 0;
    try (Cursor<ByteBuffer> cursor = file.dbi.openCursor(file.reader())) {
      for (boolean more = cursor.first(); more; more = cursor.next()) {
        sum +=
            Keys.fold(
                cursor.key().order(ByteOrder.nativeOrder()).getLong(0),
                cursor.val().order(ByteOrder.nativeOrder()).getLong(0));
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
