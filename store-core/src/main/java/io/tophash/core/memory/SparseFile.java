package io.tophash.core.memory;

import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreFullException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * The open file below a {@link StoreFile}: its length and the space in it, which are two things.
 *
 * <p>The length only grows, in large sparse steps, under the sidecar's growth lock; so a window is
 * mapped anew about ten times until it is whole. Space is made by writing zeros, piece by piece,
 * before it is handed out; so a full disk is an exception here and never a fault on the first touch
 * of a mapped page. Who owns a piece while its zeros are written is the caller's business, and no
 * lock is held meanwhile.
 *
 * <p>Thread-safe. Writing goes through {@link RandomAccessFile}, whose methods an interrupt does
 * not disturb; what needs a channel runs on the {@link FileThread}.
 */
final class SparseFile {
  private static final long MIN_LENGTH = 1 << 20;
  private static final long GROW_TIMEOUT_MS = 30_000;

  private static final byte[] ZEROS = new byte[1 << 16];

  private final Path path;
  private final RandomAccessFile file;
  private final long maxBytes;
  private LongSupplier tailLimit = () -> Long.MAX_VALUE;
  private final Sidecar sidecar;
  private final Object writing = new Object(); // the position and the length of the file
  private volatile boolean closed;

  /**
   * Takes the file over.
   *
   * @param path of the store, for messages
   * @param file open already
   * @param maxBytes it is never made longer than this
   * @param sidecar has the growth lock; the caller's
   */
  SparseFile(Path path, RandomAccessFile file, long maxBytes, Sidecar sidecar) {
    this.path = path;
    this.file = file;
    this.maxBytes = maxBytes;
    this.sidecar = sidecar;
  }

  byte[] readHead(int bytes) {
    synchronized (writing) {
      try {
        byte[] head = new byte[(int) Math.min(bytes, file.length())];
        file.seek(0);
        file.readFully(head);
        return head;
      } catch (IOException e) {
        throw failure("cannot read the header of the store", e);
      }
    }
  }

  byte[] read(long position, int bytes) {
    synchronized (writing) {
      try {
        byte[] read = new byte[bytes];
        file.seek(position);
        file.readFully(read);
        return read;
      } catch (IOException e) {
        throw failure("cannot read the end of the store", e);
      }
    }
  }

  /** Writes bytes behind what the file has; false if there is no room, or the limit is passed. */
  boolean writeTail(long position, byte[] bytes) {
    synchronized (writing) {
      try {
        if (position + bytes.length > maxBytes) {
          return false;
        }
        CrashPoint.extending("tail");
        file.seek(position);
        file.write(bytes);
        return true;
      } catch (IOException e) {
        truncate(position);
        return false;
      }
    }
  }

  MappedByteBuffer map(FileChannel.MapMode mode, long start, long bytes) {
    try {
      return FileThread.call(() -> file.getChannel().map(mode, start, bytes));
    } catch (IOException e) {
      throw failure("cannot map the store", e);
    }
  }

  long length() {
    try {
      return file.length();
    } catch (IOException e) {
      throw failure("cannot read the length of the store", e);
    }
  }

  /** The file gets no tail behind this position, which may change; set before the first use. */
  void limitTail(LongSupplier limit) {
    tailLimit = limit;
  }

  /**
   * Makes the file at least {@code end} bytes long, usually longer. Blocks while another thread or
   * process does the same.
   *
   * @throws StoreFullException if {@code maxBytes} would be passed or the file system refuses
   */
  void ensureLength(long end, long windowBytes) {
    if (end > maxBytes) {
      throw StorePaths.limitReached(path, maxBytes, end);
    }
    if (length() >= end) {
      return;
    }
    boolean tailRefused = isRefused();
    boolean refused = tailRefused && isRefused();
    sidecar.whileGrowing(GROW_TIMEOUT_MS, () -> makeLonger(end, windowBytes, tailRefused, refused));
  }

  /** True if a test says that the system refuses, which it says on the caller's thread. */
  private static boolean isRefused() {
    try {
      CrashPoint.extending("length");
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private void makeLonger(long end, long windowBytes, boolean tailRefused, boolean refused) {
    synchronized (writing) {
      // Under both locks, so that nothing is ever made shorter.
      long before = length();
      if (before < end) {
        setLength(before, end, windowBytes, tailRefused, refused);
      }
    }
  }

  private void setLength(
      long before, long end, long windowBytes, boolean tailRefused, boolean refused) {
    long most = Math.min(maxBytes, tailLimit.getAsLong());
    long wanted = Math.max(end, Math.min(most, roundedLength(end, windowBytes)));
    try {
      if (tailRefused) {
        throw new IOException("No space left on device (by a test)");
      }
      file.setLength(wanted);
    } catch (IOException tooLong) {
      // The tail is for convenience, and the system may allow less.
      try {
        if (refused) {
          throw tooLong;
        }
        file.setLength(end);
      } catch (IOException e) {
        throw full(before, end, e);
      }
    }
  }

  static long roundedLength(long end, long windowBytes) {
    if (end > windowBytes) {
      return (end + windowBytes - 1) / windowBytes * windowBytes;
    }
    long power = end <= 1 ? 1 : Long.highestOneBit(end - 1) << 1;
    return Math.min(windowBytes, Math.max(MIN_LENGTH, power));
  }

  void writeZeros(long position, long length) {
    long at = position;
    long end = position + length;
    while (at < end) {
      int step = (int) Math.min(ZEROS.length, end - at);
      synchronized (writing) {
        try {
          CrashPoint.extending("zeros");
          file.seek(at);
          file.write(ZEROS, 0, step);
          CrashPoint.zeroed(at, step);
        } catch (IOException e) {
          throw full(position, end, e);
        }
      }
      at += step;
      CrashPoint.reached("file.extended");
    }
  }

  void truncate(long length) {
    synchronized (writing) {
      try {
        if (file.length() > length) {
          file.setLength(length);
          CrashPoint.reached("file.cut");
        }
      } catch (IOException e) {
        // Not every system cuts a mapped file. The tail belongs to nobody.
      }
    }
  }

  /** Waits until all that was written, the length too, is on the storage device. */
  void sync() {
    try {
      file.getFD().sync();
    } catch (IOException e) {
      throw failure("cannot write the store back", e);
    }
  }

  private RuntimeException full(long before, long end, IOException e) {
    return closed ? failure("", e) : StorePaths.cannotExtend(path, before, end, e);
  }

  private RuntimeException failure(String problem, IOException e) {
    if (closed) {
      return new IllegalStateException("the store is closed, store=" + path, e);
    }
    return new StoreException(problem + ": " + e.getMessage() + ", store=" + path, e);
  }

  /**
   * From now on a failure means that the store is closed. {@link #close} follows, when nobody needs
   * the file any more.
   *
   * @return false if it was called before
   */
  boolean beginClose() {
    synchronized (writing) {
      boolean first = !closed;
      closed = true;
      return first;
    }
  }

  /** Closes the file; waits for a write of another thread to end. */
  void close() throws IOException {
    synchronized (writing) {
      file.close();
    }
  }
}
