/**
 * The files of the log: batches of what was done to the shards, one behind the other, beside the
 * store. Who writes them and when, and what follows from them, is the affair of others. The bytes
 * are in docs/format.md, "Log".
 *
 * <p>Owns the files {@code NAME.log-N}.
 *
 * <p>May use: {@code io.tophash.core} ({@code errors}, {@code memory}), {@code format}.
 */
package io.tophash.sync.log;
