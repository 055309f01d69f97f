package io.tophash.sync;

/**
 * What the engine gives to a builder.
 *
 * @param attachment the life of this open call
 * @param table its entries
 * @param longs the same entries without boxing; null unless keys and values are {@code int64}
 */
record Opened<K, V>(Attachment attachment, TypedTable<K, V> table, LongTable longs) {}
