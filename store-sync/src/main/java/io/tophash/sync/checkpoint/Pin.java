package io.tophash.sync.checkpoint;

import io.tophash.sync.shard.Cut;

/**
 * A pinned checkpoint: what it names stays as it was until {@link Checkpoints#unpin}.
 *
 * @param number of the checkpoint
 * @param cut what stood in the shards
 */
public record Pin(long number, Cut cut) {}
