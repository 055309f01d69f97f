/**
 * Checkpoints: the roots, who takes a checkpoint and when it is durable, and the opening after a
 * power cut. What is sealed, copied and quarantined for them is the affair of {@code shard} and
 * {@code extent}. The specification is docs/durability.md.
 *
 * <p>Owns the roots and the epoch words.
 *
 * <p>May use: {@code io.tophash.core} ({@code errors}, {@code memory}, {@code format}, {@code
 * lifecycle}), {@code format}, {@code process}, {@code extent}, {@code shard}.
 */
package io.tophash.sync.checkpoint;
