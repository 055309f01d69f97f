/**
 * The map's own algorithm: lookup, assign, delete, grow, evacuate, iterate.
 *
 * <p>Owns the buckets and the order of the stores that change them. This package is not exported.
 *
 * <p>May use: {@code errors}, {@code memory}, {@code hash}, {@code codec}, {@code format}, {@code
 * alloc}.
 */
package io.tophash.core.table;
