package io.tophash.sync.attach;

import io.tophash.core.format.StoreHeader;
import io.tophash.core.hash.KeyHash;
import io.tophash.sync.segment.InlineSegments;
import io.tophash.sync.segment.RecordSegments;
import io.tophash.sync.shard.Shards;

/**
 * What the tables of entries are made of.
 *
 * @param header of the store
 * @param shards those of the attached store, or of a snapshot
 * @param inlineSegments if keys and values stand in their cells; else null
 * @param recordSegments if entries are records; else null
 * @param keyHash the store's
 */
public record TableParts(
    StoreHeader header,
    Shards shards,
    InlineSegments inlineSegments,
    RecordSegments recordSegments,
    KeyHash keyHash) {}
