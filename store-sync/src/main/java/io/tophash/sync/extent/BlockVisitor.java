package io.tophash.sync.extent;

/** Is shown the blocks that are in use. */
@FunctionalInterface
public interface BlockVisitor {
  /**
   * A block.
   *
   * @param position where it begins
   * @param bytes its size
   * @param ownerId who owns it
   */
  void block(long position, long bytes, int ownerId);
}
