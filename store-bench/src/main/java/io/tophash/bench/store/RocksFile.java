package io.tophash.bench.store;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.rocksdb.ByteBufferGetStatus;
import org.rocksdb.CompressionType;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteOptions;

/**
 * RocksDB, tuned as its wiki advises for point lookups of entries that fit into memory: its own
 * preset for them (Bloom filters, hashed blocks, a block cache for all of the entries), no
 * compression, as many background threads as processors, direct buffers. The write-ahead log is on,
 * without a sync at each write, so that a write that has returned survives the process.
 */
final class RocksFile {
  private static final long CACHE_MB = 1024;
  private static final long WRITE_BUFFER_BYTES = 64 << 20;

  private final Options options = new Options();
  private final ReadOptions reading = new ReadOptions();
  private final WriteOptions writing = new WriteOptions();
  private final RocksDB db;
  private final LastSize size = new LastSize();

  RocksFile(Path directory) {
    options
        .setCreateIfMissing(true)
        .optimizeForPointLookup(CACHE_MB)
        .setWriteBufferSize(WRITE_BUFFER_BYTES)
        .setCompressionType(CompressionType.NO_COMPRESSION)
        .setIncreaseParallelism(Runtime.getRuntime().availableProcessors());
    try {
      db = RocksDB.open(options, directory.toString());
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  private static IllegalStateException failed(RocksDBException cause) {
    return new IllegalStateException("RocksDB failed: " + cause.getMessage(), cause);
  }

  /** Copies the value into a direct buffer; false if there is none. */
  boolean get(ByteBuffer key, ByteBuffer value) {
    try {
      return db.get(reading, key, value.clear()) != RocksDB.NOT_FOUND;
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  /** Looks up several keys at once. */
  List<ByteBufferGetStatus> getAll(List<ByteBuffer> keys, List<ByteBuffer> values) {
    try {
      return db.multiGetByteBuffers(reading, keys, values);
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  void put(ByteBuffer key, ByteBuffer value) {
    size.forget();
    try {
      db.put(writing, key, value);
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  void remove(ByteBuffer key) {
    size.forget();
    try {
      db.delete(writing, key);
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  /** Takes what an entry adds to a checksum. */
  interface Visitor {
    long fold(RocksIterator at);
  }

  long iterate(Visitor visitor) {
    long sum = 0;
    long count = 0;
    try (RocksIterator at = db.newIterator(reading)) {
      for (at.seekToFirst(); at.isValid(); at.next()) {
        sum += visitor.fold(at);
        count++;
      }
      at.status();
    } catch (RocksDBException e) {
      throw failed(e);
    }
    size.is(count);
    return sum;
  }

  boolean isEmpty() {
    try (RocksIterator at = db.newIterator(reading)) {
      at.seekToFirst();
      return !at.isValid();
    }
  }

  long size() {
    return size.orCount(
        () -> {
          long[] count = new long[1];
          iterate(at -> count[0]++);
          return count[0];
        });
  }

  /** Compacts, as its wiki advises between a load and reads. */
  void settle() {
    try {
      db.compactRange();
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  void close() {
    db.close();
    reading.close();
    writing.close();
    options.close();
  }
}
