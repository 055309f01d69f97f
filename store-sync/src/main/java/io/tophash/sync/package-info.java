/**
 * The concurrent, multi-process store: {@code SyncStore}, {@code LongSyncStore}, their builders,
 * statistics and views. The API and nothing else; what it does is in the packages below.
 *
 * <p>It may use every other package of this module, and those of {@code io.tophash.core}; nothing
 * may use it.
 */
package io.tophash.sync;
