/**
 * The single-process store: {@code HashStore}, its builder, its statistics and its verifier.
 *
 * <p>Owns the public API and the life cycle of an open store. Start here.
 *
 * <p>May use: every package below it. None of them may use this one.
 */
package io.tophash.core;
