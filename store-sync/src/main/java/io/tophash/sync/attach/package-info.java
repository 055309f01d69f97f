/**
 * Attaching to a file: what a builder asks for, the header that a new store gets, the one mapping
 * and row that this JVM has for a file, and what is settled on the way in.
 *
 * <p>Owns the header and the open mark. It knows nothing of tables.
 *
 * <p>May use: {@code io.tophash.core} (its API, {@code errors}, {@code memory}, {@code format},
 * {@code hash}, {@code codec}, {@code lifecycle}), {@code format}, {@code process}, {@code extent},
 * {@code segment}, {@code shard}.
 */
package io.tophash.sync.attach;
