/**
 * The concurrent, multi-process store: {@code SyncStore}, {@code LongSyncStore}, their builders,
 * statistics and views, over the tables of an attachment.
 *
 * <p>It may use every other package of this module, and the packages errors, memory, format, hash
 * and codec of {@code io.tophash.core}; nothing may use it.
 */
package io.tophash.sync;
