package io.tophash.bench.store;

import io.tophash.bench.data.Keys;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.lmdbjava.ByteBufferProxy;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.Txn;

/**
 * LMDB, tuned as its documentation advises: integer keys, a writable map, no sync at commits, one
 * read transaction that is used again. Writes are collected until {@link #endBatch}, so that a
 * commit is shared by many of them.
 */
final class LmdbStore implements LongStore {
  private static final long PAGE_BYTES = 4096;
  private static final long BYTES_PER_ENTRY = 160;
  private static final long EXTRA_BYTES = 64 << 20;

  private final ByteBuffer keyBuffer = longBuffer();
  private final ByteBuffer valueBuffer = longBuffer();
  private Env<ByteBuffer> env;
  private Dbi<ByteBuffer> dbi;
  private Txn<ByteBuffer> reader;
  private Txn<ByteBuffer> writer;
  private long usedBytes;

  private static ByteBuffer longBuffer() {
    return ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());
  }

  private ByteBuffer key(long key) {
    return keyBuffer.putLong(0, key);
  }

  @Override
  public void open(Path directory, long entries) {
    env =
        Env.create(ByteBufferProxy.PROXY_OPTIMAL)
            .setMapSize(entries * BYTES_PER_ENTRY + EXTRA_BYTES)
            .setMaxDbs(1)
            .open(
                directory.toFile(),
                EnvFlags.MDB_WRITEMAP,
                EnvFlags.MDB_NOSYNC,
                EnvFlags.MDB_NORDAHEAD);
    dbi = env.openDbi("longs", DbiFlags.MDB_CREATE, DbiFlags.MDB_INTEGERKEY);
    reader = env.txnRead();
  }

  private Txn<ByteBuffer> writer() {
    if (writer == null) {
      reader.reset();
      writer = env.txnWrite();
    }
    return writer;
  }

  @Override
  public void endBatch() {
    if (writer != null) {
      writer.commit();
      writer.close();
      writer = null;
      reader.renew();
    }
  }

  @Override
  public long get(long key) {
    ByteBuffer found = dbi.get(writer == null ? reader : writer, key(key));
    return found == null ? Keys.MISSING : found.order(ByteOrder.nativeOrder()).getLong(0);
  }

  @Override
  public void put(long key, long value) {
    dbi.put(writer(), key(key), valueBuffer.putLong(0, value));
  }

  @Override
  public void remove(long key) {
    dbi.delete(writer(), key(key));
  }

  @Override
  public long iterate() {
    endBatch();
    long sum = 0;
    try (Cursor<ByteBuffer> cursor = dbi.openCursor(reader)) {
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
    endBatch();
    return dbi.stat(reader).entries;
  }

  @Override
  public long fileBytes(Path directory) {
    return usedBytes;
  }

  @Override
  public void close() {
    endBatch();
    usedBytes = (env.info().lastPageNumber + 1) * PAGE_BYTES;
    reader.close();
    env.close();
  }
}
