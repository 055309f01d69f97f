/**
 * The block allocator of a concurrent store: extents, the blocks in them, and runs of extents.
 *
 * <p>Owns the state words in the extent tables, the window words, and the headers of the extents;
 * writes the notes of the shards at the caller's order. It knows nothing of what a block holds.
 *
 * <p>May use: {@code io.tophash.core.errors}, {@code io.tophash.core.memory}, {@code
 * io.tophash.sync.format}, {@code io.tophash.sync.process}.
 */
package io.tophash.sync.extent;
