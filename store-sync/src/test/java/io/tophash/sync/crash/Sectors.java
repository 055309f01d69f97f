package io.tophash.sync.crash;

import io.tophash.core.memory.HeapBytes;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The bytes of a file by sectors. No sector is ever changed, only replaced, so that copies share
 * what they have in common; and one of zeros takes no room.
 */
final class Sectors {
  static final int SIZE = 512;

  /** One of zeros. */
  static final byte[] ZEROS = new byte[SIZE];

  private static final int BYTES_AT_ONCE = 1 << 16;

  private byte[][] sectors; // null: zeros
  private int bytes;

  private Sectors(byte[][] sectors, int bytes) {
    this.sectors = sectors;
    this.bytes = bytes;
  }

  /** So many zeros. */
  static Sectors zeros(int bytes) {
    return new Sectors(new byte[count(bytes)][], bytes);
  }

  private static int count(int bytes) {
    return (bytes + SIZE - 1) / SIZE;
  }

  /** A copy with zeros at its end, if it must be longer. */
  Sectors copy(int atLeast) {
    int length = Math.max(bytes, atLeast);
    return new Sectors(Arrays.copyOf(sectors, count(length)), length);
  }

  /** A copy that ends earlier. */
  Sectors cut(int length) {
    Sectors cut = new Sectors(Arrays.copyOf(sectors, count(length)), length);
    int rest = length % SIZE;
    if (rest != 0) {
      cut.put(length / SIZE, Arrays.copyOf(Arrays.copyOf(get(length / SIZE), rest), SIZE));
    }
    return cut;
  }

  /** Length in bytes. */
  int bytes() {
    return bytes;
  }

  /** Zeros behind the end, if it is not so long. */
  void grow(int atLeast) {
    if (bytes < atLeast) {
      bytes = atLeast;
      sectors = Arrays.copyOf(sectors, count(atLeast));
    }
  }

  /** A sector, which nobody may change; zeros behind the end. */
  byte[] get(int sector) {
    byte[] found = sector < sectors.length ? sectors[sector] : null;
    return found == null ? ZEROS : found;
  }

  /** Puts another one, which nobody may change from then on. */
  void put(int sector, byte[] content) {
    sectors[sector] = content == ZEROS ? null : content;
  }

  long getLong(int position) {
    return HeapBytes.getLong(get(position / SIZE), position % SIZE);
  }

  void putLong(int position, long value) {
    byte[] changed = get(position / SIZE).clone();
    HeapBytes.putLong(changed, position % SIZE, value);
    put(position / SIZE, changed);
  }

  /** Writes a file, with holes where there are zeros. */
  void write(Path path) throws IOException {
    if (Files.exists(path)) {
      throw new FileAlreadyExistsException(path.toString());
    }
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(bytes);
      ByteBuffer run = ByteBuffer.allocate(BYTES_AT_ONCE);
      int next = 0;
      while (next < sectors.length) {
        int first = next;
        while (next < sectors.length && sectors[next] != null && run.hasRemaining()) {
          run.put(sectors[next++]);
        }
        write(file.getChannel(), run.flip(), (long) first * SIZE);
        run.clear();
        while (next < sectors.length && sectors[next] == null) {
          next++;
        }
      }
      file.setLength(bytes);
    }
  }

  private static void write(FileChannel out, ByteBuffer run, long position) throws IOException {
    while (run.hasRemaining()) {
      out.write(run, position + run.position());
    }
  }
}
