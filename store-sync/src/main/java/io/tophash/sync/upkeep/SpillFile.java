package io.tophash.sync.upkeep;

import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreFullException;
import io.tophash.sync.entry.Tables;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.function.BiConsumer;

/** A file for entries that are on their way. Not thread-safe; interrupts do not disturb it. */
final class SpillFile implements Tables.Sink, AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 20;

  private final Path path;
  private final RandomAccessFile file;
  private DataOutputStream out;
  private long count;

  SpillFile(Path path) {
    this.path = path;
    try {
      file = new RandomAccessFile(path.toFile(), "rw");
    } catch (IOException e) {
      throw new StoreException("cannot make a scratch file, file=" + path, e);
    }
    clear();
  }

  /** Forgets all entries. */
  void clear() {
    try {
      file.setLength(0);
      file.seek(0);
      count = 0;
      out =
          new DataOutputStream(
              new BufferedOutputStream(new FileOutputStream(file.getFD()), BUFFER_BYTES));
    } catch (IOException e) {
      throw new StoreException("cannot empty a scratch file, file=" + path, e);
    }
  }

  /** Appends an entry. */
  @Override
  public void add(byte[] bytes, int keyAt, int keyBytes, int valueAt, int valueBytes) {
    try {
      out.writeInt(keyBytes);
      out.writeInt(valueBytes);
      out.write(bytes, keyAt, keyBytes);
      out.write(bytes, valueAt, valueBytes);
      count++;
    } catch (IOException e) {
      throw new StoreFullException(
          "cannot write a scratch file: " + e.getMessage() + "; free space there, file=" + path, e);
    }
  }

  /** Delivers all entries in the order in which they came. */
  void forEach(BiConsumer<byte[], byte[]> action) {
    try {
      out.flush();
      file.seek(0);
      DataInputStream in =
          new DataInputStream(
              new BufferedInputStream(new FileInputStream(file.getFD()), BUFFER_BYTES));
      for (long i = 0; i < count; i++) {
        byte[] key = new byte[in.readInt()];
        byte[] value = new byte[in.readInt()];
        in.readFully(key);
        in.readFully(value);
        action.accept(key, value);
      }
    } catch (IOException e) {
      throw new StoreFullException(
          "cannot write or read a scratch file: "
              + e.getMessage()
              + "; free space there, file="
              + path,
          e);
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new StoreException("cannot close a scratch file, file=" + path, e);
    }
  }
}
