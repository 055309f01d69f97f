/**
 * Seeded 64-bit hashing of keys.
 *
 * <p>Owns the choice of the hash function and the division of its bits between the structures that
 * a key is looked up in.
 *
 * <p>May use: {@code errors}.
 */
package io.tophash.core.hash;
