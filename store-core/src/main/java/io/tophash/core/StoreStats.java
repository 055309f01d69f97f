package io.tophash.core;

import java.nio.file.Path;

/** Figures about an open store at one moment: what all kinds of stores can tell. */
public interface StoreStats {
  /** The file. */
  Path store();

  /** How memory is accessed: {@code DEFAULT} or {@code FAST}. */
  String memoryMode();

  /** Identity of the key codec. */
  String keyCodec();

  /** Identity of the value codec. */
  String valueCodec();

  /** Number of entries. */
  long entries();

  /** Length of the file; of an open {@code HashStore} the part of it that is written. */
  long fileBytes();

  /** Bytes in the file that are free for reuse. */
  long freeBytes();

  /**
   * Why the store takes no changes, null if it does: its file was replaced, removed or moved away
   * while it was open, or another process has taken its locks. Seen within half a second.
   */
  String trouble();
}
