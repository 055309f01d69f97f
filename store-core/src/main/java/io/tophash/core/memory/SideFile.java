package io.tophash.core.memory;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A file beside a store, as its log: read and written at positions, never mapped and never locked.
 * No channel is used, so an interrupt of the caller does nothing to it.
 *
 * <p>Not thread-safe. Every failure of the system is an {@link UncheckedIOException}.
 */
public final class SideFile implements AutoCloseable {
  private static final int PIECE_BYTES = 1 << 20;

  private final Path path;
  private final RandomAccessFile file;

  private SideFile(Path path, RandomAccessFile file) {
    this.path = path;
    this.file = file;
  }

  /**
   * Opens a file to be read.
   *
   * @return null if there is none
   */
  public static SideFile toRead(Path path) {
    return path.toFile().isFile() ? open(path, "r") : null;
  }

  /** Opens a file, or makes an empty one, of which each write is durable when it returns. */
  public static SideFile toWrite(Path path) {
    return open(path, "rwd");
  }

  private static SideFile open(Path path, String mode) {
    try {
      return new SideFile(path, new RandomAccessFile(path.toFile(), mode));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes a file of zeros that is durable with its name; what was there before is gone. */
  public static void makeZeros(Path path, long bytes) {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      CrashPoint.extending("sideFile.make");
      file.setLength(0);
      byte[] zeros = new byte[(int) Math.min(bytes, PIECE_BYTES)];
      for (long at = 0; at < bytes; at += zeros.length) {
        file.write(zeros, 0, (int) Math.min(zeros.length, bytes - at));
      }
      file.getFD().sync();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    CrashPoint.sideFileMade(path, bytes);
    StorePaths.forceDirectory(path);
  }

  public Path path() {
    return path;
  }

  /** Length in bytes. */
  public long length() {
    try {
      return file.length();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A copy of some bytes: fewer if the file ends before. */
  public byte[] read(long position, int bytes) {
    byte[] copy = new byte[bytes];
    try {
      file.seek(position);
      int done = 0;
      while (done < bytes) {
        int more = file.read(copy, done, bytes - done);
        if (more < 0) {
          return Arrays.copyOf(copy, done);
        }
        done += more;
      }
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes bytes, of a file opened to be written, and waits until they are on the device. */
  public void write(long position, byte[] source, int from, int length) {
    try {
      CrashPoint.sideFileWriting(path, position, source, from, length);
      CrashPoint.forcing();
      file.seek(position);
      file.write(source, from, length);
      CrashPoint.sideFileForced(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
