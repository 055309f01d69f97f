package io.tophash.sync.log;

/**
 * One change of a shard, whole.
 *
 * @param shard of which
 * @param op {@code PUT}, {@code REMOVE} or {@code CLEAR} of {@link
 *     io.tophash.sync.format.LogEntryLayout}
 * @param key encoded; empty if all keys are gone
 * @param value encoded; empty if the key is gone
 * @param position lane position behind it: who goes on from there gets what came next
 */
public record LogChange(int shard, int op, byte[] key, byte[] value, long position) {}
