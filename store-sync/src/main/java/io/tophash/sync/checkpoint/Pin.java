package io.tophash.sync.checkpoint;

import io.tophash.sync.shard.Cut;

/**
 * A pinned checkpoint: what it names stays as it was until {@link Checkpoints#unpin}.
 *
 * @param number of the checkpoint
 * @param cut what stood in the shards
 * @param logRun run of the log that has what came later, 0 if changes are not logged
 */
public record Pin(long number, Cut cut, long logRun) {}
