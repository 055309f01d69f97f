package io.tophash.core.testing;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** Longs of a file as a store has them, little-endian, read and written beside the store. */
public final class FileWords {
  private FileWords() {}

  /** The long at a position. */
  public static long get(Path file, long position) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      in.seek(position);
      return Long.reverseBytes(in.readLong());
    }
  }

  /** Overwrites the long at a position. */
  public static void put(Path file, long position, long value) throws IOException {
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.seek(position);
      out.writeLong(Long.reverseBytes(value));
    }
  }
}
