/**
 * The log: what is done to the shards, in their lanes first, then in batches, one behind the other,
 * in files beside the store. Its algorithm is in docs/durability.md, "The log"; the bytes of the
 * files are in docs/format.md, "Log".
 *
 * <p>Owns the files {@code NAME.log-N}, the lanes and the words of the log.
 *
 * <p>May use: {@code io.tophash.core} ({@code errors}, {@code memory}), {@code format}, {@code
 * process}.
 */
package io.tophash.sync.log;
