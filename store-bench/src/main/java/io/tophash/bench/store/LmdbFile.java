package io.tophash.bench.store;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lmdbjava.ByteBufferProxy;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.Txn;

/**
 * LMDB, tuned as its documentation advises: a writable map, no sync at commits, one read
 * transaction that is used again. Writes are collected until {@link #endBatch}, so that a commit is
 * shared by many of them.
 */
final class LmdbFile {
  private static final long PAGE_BYTES = 4096;

  /**
   * Room in the map, which costs nothing until it is used: as long as one thread has a snapshot,
   * for example because the machine has put it aside, each commit of another one takes new pages.
   */
  private static final long EXTRA_BYTES = 4L << 30;

  final Env<ByteBuffer> env;
  final Dbi<ByteBuffer> dbi;
  private final List<Txn<ByteBuffer>> others = new ArrayList<>();
  private Txn<ByteBuffer> reader;
  private Txn<ByteBuffer> writer;
  private boolean parked;

  LmdbFile(Path directory, long bytes, String name, DbiFlags... flags) {
    env =
        Env.create(ByteBufferProxy.PROXY_OPTIMAL)
            .setMapSize(bytes + EXTRA_BYTES)
            .setMaxDbs(1)
            .open(
                directory.toFile(),
                EnvFlags.MDB_WRITEMAP,
                EnvFlags.MDB_NOSYNC,
                EnvFlags.MDB_NOTLS,
                EnvFlags.MDB_NORDAHEAD);
    dbi = env.openDbi(name, flags);
    reader = env.txnRead();
  }

  /** The transaction to read with: what was written so far is seen. */
  Txn<ByteBuffer> reader() {
    if (writer != null) {
      return writer;
    }
    if (parked) {
      reader.renew();
      parked = false;
    }
    return reader;
  }

  /**
   * A transaction for another thread to read with. The one of this thread lets go of its snapshot
   * until it is used again: as long as it has one, no page of it is free.
   */
  synchronized Txn<ByteBuffer> otherReader() {
    if (!parked && writer == null) {
      reader.reset();
      parked = true;
    }
    Txn<ByteBuffer> other = env.txnRead();
    others.add(other);
    return other;
  }

  /** The transaction to write with. */
  Txn<ByteBuffer> writer() {
    if (writer == null) {
      if (!parked) {
        reader.reset();
      }
      parked = false;
      writer = env.txnWrite();
    }
    return writer;
  }

  void endBatch() {
    if (writer != null) {
      writer.commit();
      writer.close();
      writer = null;
      parked = true;
    }
  }

  /** Lets the reader see what other processes wrote. */
  void refresh() {
    if (writer == null && !parked) {
      reader.reset();
      reader.renew();
    }
  }

  long size() {
    endBatch();
    return dbi.stat(reader()).entries;
  }

  /** Closes it; bytes of the pages in use. */
  synchronized long close() {
    endBatch();
    long usedBytes = (env.info().lastPageNumber + 1) * PAGE_BYTES;
    others.forEach(Txn::close);
    reader.close();
    env.close();
    return usedBytes;
  }
}
