package io.tophash.sync;

import io.tophash.sync.entry.LongTable;
import io.tophash.sync.entry.TypedTable;

/**
 * What the engine gives to a builder.
 *
 * @param attachment the life of this open call
 * @param table its entries
 * @param longs the same entries without boxing; null unless keys and values are {@code int64}
 */
record Opened<K, V>(Attachment attachment, TypedTable<K, V> table, LongTable longs) {}
