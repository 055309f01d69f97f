/**
 * What every store is as a map, whatever its engine: {@code Entries}, a walk over them, the views
 * and the compound operations made of both, and keys and values as encoded bytes.
 *
 * <p>Owns the one rule by which keys and values are the same: their encoded bytes. It knows no
 * file; an engine implements {@code Entries}.
 *
 * <p>May use: {@code errors}, {@code codec}.
 */
package io.tophash.core.map;
