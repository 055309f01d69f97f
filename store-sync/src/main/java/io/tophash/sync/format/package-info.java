/**
 * What stands where in the file of a concurrent store: offsets, and pure functions on the packed
 * words.
 *
 * <p>Owns every constant of the format that {@code io.tophash.core.format} does not. No state, no
 * input or output.
 *
 * <p>May use: {@code io.tophash.core.format}.
 */
package io.tophash.sync.format;
