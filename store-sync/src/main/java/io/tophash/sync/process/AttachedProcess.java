package io.tophash.sync.process;

import java.time.Instant;

/**
 * A row of the process table, for people.
 *
 * @param slot index of the row
 * @param pid process id
 * @param started when the process started; null if unknown
 * @param attached when it opened the store; null if unknown
 * @param host name of its host
 * @param stores number of values that it has stored beside the shard locks
 * @param removes number of entries that it has removed beside the shard locks
 */
public record AttachedProcess(
    int slot,
    long pid,
    Instant started,
    Instant attached,
    String host,
    long stores,
    long removes) {}
