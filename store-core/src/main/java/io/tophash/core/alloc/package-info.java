/**
 * The block allocator: hands out and takes back blocks of a store file.
 *
 * <p>Owns the size classes, the extents and the bitmaps that say which blocks are taken.
 *
 * <p>May use: {@code errors}, {@code memory}, {@code format}.
 */
package io.tophash.core.alloc;
