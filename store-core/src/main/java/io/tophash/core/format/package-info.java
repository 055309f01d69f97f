/**
 * The layout of a store file: one descriptor class for each structure in it.
 *
 * <p>Owns constants, offsets, sizes, alignments and magic numbers. A descriptor is pure: it has no
 * state and does no I/O.
 *
 * <p>May use: {@code errors}, {@code memory}.
 */
package io.tophash.core.format;
