package io.tophash.core.alloc;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.format.SpanLayout;
import io.tophash.core.memory.MappedMemory;

/**
 * How far a reference in the file may lead: to whole words behind the header, within one window,
 * and not behind what the allocator has. This check stands between a damaged file and an access
 * outside the mapping. It is an object of its own so that a lookup asks nobody else.
 *
 * <p>Not thread-safe: a lookup beside the owner's changes is misuse.
 */
public final class Reach {
  private final long windowBytes;
  private long limitBytes;

  Reach(MappedMemory memory) {
    this.windowBytes = memory.windowBytes();
  }

  /** End of the last page that is in use or may be handed out without making the file longer. */
  long limitBytes() {
    return limitBytes;
  }

  void putLimit(long bytes) {
    limitBytes = bytes;
  }

  /** True if these bytes can be ours. */
  public boolean holds(long position, long bytes) {
    return position >= SpanLayout.PAGE_BYTES
        && (position & 7) == 0
        && (position & windowBytes - 1) + bytes <= windowBytes
        && position <= limitBytes - bytes;
  }

  /**
   * Refuses a position that was read from the file and cannot be one of ours.
   *
   * @param section what is expected there
   * @throws CorruptStoreException if it is not
   */
  public void check(String section, long position, long bytes) {
    if (!holds(position, bytes)) {
      throw new CorruptStoreException(
          section, position, "a reference leads outside the store, bytes=" + bytes);
    }
  }
}
