package io.tophash.core.alloc;

import io.tophash.core.errors.StoreFullException;
import io.tophash.core.memory.StoreFile;

/**
 * The end of what is written in a file that one process has alone. Behind it the file may be longer
 * and sparse; a page is handed out only when zeros were written there and it is mapped.
 *
 * <p>Not thread-safe.
 */
final class WrittenEnd {
  /** Bytes of zeros that one step writes. */
  private static final int STEP_BYTES = 1 << 16;

  private final StoreFile file;
  private long bytes;

  /**
   * @param bytes so much is written already, and mapped
   */
  WrittenEnd(StoreFile file, long bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  /** Bytes that are written, with zeros at least. */
  long bytes() {
    return bytes;
  }

  /**
   * Writes zeros up to here unless that was done, and maps them.
   *
   * @throws StoreFullException if the file system is full or the file's limit would be passed;
   *     nothing changed
   */
  void ensure(long end) {
    if (end > bytes) {
      write(end);
    }
    file.ensureMapped(end);
  }

  /**
   * Writes one piece of zeros ahead of need, so that a later {@link #ensure} is short.
   *
   * @param upTo no further than this
   * @return true if so much is written now
   */
  boolean growStep(long upTo) {
    if (bytes < upTo) {
      write(Math.min(upTo, bytes + STEP_BYTES));
    }
    return bytes >= upTo;
  }

  private void write(long end) {
    boolean written = false;
    try {
      file.ensureLength(end);
      file.writeZeros(bytes, end - bytes);
      written = true;
    } finally {
      if (!written) {
        file.truncate(bytes); // a full disk has the part back that was written
      }
    }
    bytes = end;
  }

  /** Gives the space behind a position back to the file system; nothing there may be in use. */
  void cut(long end) {
    bytes = Math.min(bytes, end);
    file.truncate(end);
  }
}
