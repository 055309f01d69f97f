package io.tophash.sync.upkeep;

/** Where the bytes of an image go. */
interface ImageSink {
  /** Puts the first bytes of an array at a position. */
  void put(long position, byte[] bytes, int length);
}
