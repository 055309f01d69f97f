package io.tophash.sync;

import io.tophash.core.codec.Codec;
import java.nio.file.Path;

/**
 * Opens a {@link SyncStore}.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
public final class SyncStoreBuilder<K, V>
    extends SyncBuilder<SyncStore<K, V>, SyncStoreBuilder<K, V>> {
  private final Codec<K> keys;
  private final Codec<V> values;

  SyncStoreBuilder(Codec<K> keys, Codec<V> values) {
    super(keys, values);
    this.keys = keys;
    this.values = values;
  }

  /**
   * Up to so many values are kept on the heap by this object, for {@link SyncStore#get} and {@link
   * SyncStore#getOrDefault} of keys that are read again and again. A hit compares with the file
   * what was seen there when the value was read, so it is never stale, whoever in whatever process
   * has changed the entry; what it saves is to write and hash the key, and to copy, check and read
   * the value. One object is given to all callers if {@link Codec#isImmutable} says so of the
   * values; else each hit reads a copy of the bytes. Of a store whose keys and values have at most
   * 8 bytes each nothing is kept, as its file is read as fast. Not stored in the file; 0 for none.
   * Default: none.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public SyncStoreBuilder<K, V> heapEntries(int entries) {
    return heapLevel(entries);
  }

  @Override
  protected SyncStoreBuilder<K, V> self() {
    return this;
  }

  @Override
  protected SyncStore<K, V> open(Path path, boolean temporary) {
    Attachment attachment = Attachment.open(request(path, temporary));
    return new SyncStore<>(attachment, behindHeapLevel(attachment.entries(keys, values)));
  }
}
