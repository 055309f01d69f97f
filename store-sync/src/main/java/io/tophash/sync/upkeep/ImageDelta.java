package io.tophash.sync.upkeep;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.StoreException;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.HeapBytes;
import io.tophash.core.memory.StorePaths;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.CRC32C;

/**
 * What an image lacks of a later checkpoint, in a file {@code NAME.delta} beside it: complete, or
 * not there at all. It is written under another name, forced and renamed; only then is the image
 * touched, which takes all of it or is to be given it again.
 *
 * <pre>
 * 0 magic 8 | 8 store id 8 | 16 from: number 8, token 8 | 32 to: number 8 | 40 file bytes 8
 * then pieces: position 8 (-1: the end) | length 4 | CRC-32C of the twelve bytes and the piece 4 | bytes
 * </pre>
 */
final class ImageDelta {
  private static final long MAGIC = 0x41_54_4C_44_48_50_4F_54L; // TOPHDLTA
  private static final int PIECE_HEADER = 16;
  private static final int MAX_PIECE = 1 << 20;

  /**
   * What the head of a delta says.
   *
   * @param fromNumber checkpoint that the image must be of
   * @param fromToken which image of it
   * @param toNumber checkpoint that it becomes an image of
   * @param fileBytes length that it gets
   */
  record Head(long storeId, long fromNumber, long fromToken, long toNumber, long fileBytes) {}

  private ImageDelta() {}

  /** The delta of an image. */
  static Path path(Path image) {
    return image.resolveSibling(image.getFileName() + ".delta");
  }

  private static Path unfinished(Path image) {
    return image.resolveSibling(image.getFileName() + ".delta.new");
  }

  /** Writes a delta. Not thread-safe. */
  static final class Writer implements ImageSink, AutoCloseable {
    private static final int HEAD_BYTES = 48;

    private final Path image;
    private final RandomAccessFile file;
    private final byte[] pieceHeader = new byte[PIECE_HEADER];

    Writer(Path image) throws IOException {
      this.image = image;
      this.file = new RandomAccessFile(unfinished(image).toFile(), "rw");
      file.setLength(0);
      file.seek(HEAD_BYTES);
    }

    @Override
    public void put(long position, byte[] bytes, int length) {
      HeapBytes.putLong(pieceHeader, 0, position);
      HeapBytes.putInt(pieceHeader, 8, length);
      HeapBytes.putInt(pieceHeader, 12, checksum(pieceHeader, bytes, length));
      try {
        file.write(pieceHeader);
        file.write(bytes, 0, length);
      } catch (IOException e) {
        throw failed(image, e);
      }
    }

    /** Makes it the delta of the image. */
    void publish(Head head) {
      put(-1, pieceHeader, 0);
      byte[] first = new byte[HEAD_BYTES];
      HeapBytes.putLong(first, 0, MAGIC);
      HeapBytes.putLong(first, 8, head.storeId());
      HeapBytes.putLong(first, 16, head.fromNumber());
      HeapBytes.putLong(first, 24, head.fromToken());
      HeapBytes.putLong(first, 32, head.toNumber());
      HeapBytes.putLong(first, 40, head.fileBytes());
      try {
        file.seek(0);
        file.write(first);
        file.getFD().sync();
        CrashPoint.reached("image.written");
        Files.move(unfinished(image), path(image), StandardCopyOption.ATOMIC_MOVE);
        StorePaths.forceDirectory(image);
        CrashPoint.reached("image.decided");
      } catch (IOException e) {
        throw failed(image, e);
      }
    }

    @Override
    public void close() throws IOException {
      file.close();
      Files.deleteIfExists(unfinished(image));
    }
  }

  static StoreException failed(Path image, IOException e) {
    return new StoreException(
        "cannot write or read what the backup lacks: "
            + e.getMessage()
            + "; the backup is as it was, target="
            + image,
        e);
  }

  private static int checksum(byte[] pieceHeader, byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(pieceHeader, 0, 12);
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  /** Reads the head of a delta and hands its pieces out. */
  static Head apply(Path image, ImageSink sink) {
    try (DataInputStream in =
        new DataInputStream(
            new BufferedInputStream(new FileInputStream(path(image).toFile()), MAX_PIECE))) {
      byte[] first = new byte[Writer.HEAD_BYTES];
      in.readFully(first);
      if (HeapBytes.getLong(first, 0) != MAGIC) {
        throw damaged(image, 0);
      }
      byte[] pieceHeader = new byte[PIECE_HEADER];
      byte[] bytes = new byte[MAX_PIECE];
      while (true) {
        in.readFully(pieceHeader);
        long position = HeapBytes.getLong(pieceHeader, 0);
        int length = HeapBytes.getInt(pieceHeader, 8);
        if (length < 0 || length > MAX_PIECE) {
          throw damaged(image, position);
        }
        in.readFully(bytes, 0, length);
        if (HeapBytes.getInt(pieceHeader, 12) != checksum(pieceHeader, bytes, length)) {
          throw damaged(image, position);
        }
        if (position < 0) {
          break;
        }
        sink.put(position, bytes, length);
      }
      return new Head(
          HeapBytes.getLong(first, 8),
          HeapBytes.getLong(first, 16),
          HeapBytes.getLong(first, 24),
          HeapBytes.getLong(first, 32),
          HeapBytes.getLong(first, 40));
    } catch (IOException e) {
      throw failed(image, e);
    }
  }

  private static CorruptStoreException damaged(Path image, long position) {
    return new CorruptStoreException(
        "delta",
        position,
        "what the backup lacks is damaged; make a new backup under another name, file="
            + path(image));
  }

  /** Deletes the delta of an image, and an unfinished one. */
  static void delete(Path image) {
    try {
      Files.deleteIfExists(path(image));
      Files.deleteIfExists(unfinished(image));
    } catch (IOException e) {
      throw new StoreException("cannot delete a file of the backup, file=" + path(image), e);
    }
  }
}
