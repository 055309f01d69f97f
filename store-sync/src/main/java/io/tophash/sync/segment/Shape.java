package io.tophash.sync.segment;

/**
 * What a fresh block is to be.
 *
 * @param prefix the hash bits that its keys share
 * @param localDepth how many bits behind the shard's bits they share
 * @param generation for the segment word
 * @param avoid inline kind: a value that must not be its nil
 * @param incomingBytes record kind: size of the record for which there must be room
 */
public record Shape(long prefix, int localDepth, int generation, long avoid, long incomingBytes) {}
