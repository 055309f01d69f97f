/**
 * Who has a concurrent store open: the process table and the hazard words in it.
 *
 * <p>Owns the rows of the process table and every access to them: who is alive, who is inside an
 * operation on which shard, and what a killed process still owes. It knows nothing of what a shard
 * is.
 *
 * <p>May use: {@code io.tophash.core.errors}, {@code io.tophash.core.memory}, {@code
 * io.tophash.sync.format}.
 */
package io.tophash.sync.process;
