/**
 * Who has a concurrent store open: the process table and the hazard words in it.
 *
 * <p>Owns the rows of the process table and every access to them: who is alive, who is inside an
 * operation on which shard, and what a killed process, or a thread that was thrown out, still owes.
 * Of a shard it knows the lock word, and nothing else.
 *
 * <p>May use: {@code io.tophash.core.errors}, {@code io.tophash.core.memory}, {@code
 * io.tophash.sync.format}.
 */
package io.tophash.sync.process;
