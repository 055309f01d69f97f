package io.tophash.sync;

import io.tophash.core.map.Entries;
import io.tophash.sync.entry.LongTable;

/**
 * What the engine gives to a builder.
 *
 * @param attachment the life of this open call
 * @param entries its entries
 * @param longs the same entries without boxing; null unless keys and values are {@code int64}
 */
record Opened<K, V>(Attachment attachment, Entries<K, V> entries, LongTable longs) {}
