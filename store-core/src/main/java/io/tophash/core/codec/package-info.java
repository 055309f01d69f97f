/**
 * How keys and values become bytes: {@code Codec} and the ready-made codecs.
 *
 * <p>Owns the byte form of keys and values, and the identity of each codec that a store notes in
 * its header. It knows nothing of files and of memory windows.
 *
 * <p>May use: {@code errors}.
 */
package io.tophash.core.codec;
