package io.tophash.core;

import java.nio.file.Path;

/**
 * Figures about an open {@link HashStore} or {@link LongHashStore} at one moment.
 *
 * @param store the file
 * @param memoryMode how memory is accessed: {@code DEFAULT} or {@code FAST}
 * @param keyCodec identity of the key codec
 * @param valueCodec identity of the value codec
 * @param entries number of entries
 * @param fileBytes length of the file, as far as it is written
 * @param freeBytes bytes of whole pages in the file that are free for reuse
 * @param buckets number of regular buckets
 * @param overflowBuckets number of overflow buckets
 * @param loadFactor entries per regular bucket; growth starts at 6.5
 * @param growing true while a growth is under way
 * @param evacuatedBuckets buckets of the old array that were moved for certain; 0 if not growing
 * @param oldBuckets number of buckets of the old array; 0 if not growing
 * @param trouble why the store takes no changes, null if it does: its file was replaced, removed or
 *     moved away while it was open, or another process has taken its locks
 */
public record HashStats(
    Path store,
    String memoryMode,
    String keyCodec,
    String valueCodec,
    long entries,
    long fileBytes,
    long freeBytes,
    long buckets,
    long overflowBuckets,
    double loadFactor,
    boolean growing,
    long evacuatedBuckets,
    long oldBuckets,
    String trouble)
    implements StoreStats {}
