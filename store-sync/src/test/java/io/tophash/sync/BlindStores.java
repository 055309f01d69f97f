package io.tophash.sync;

import io.tophash.core.codec.Codec;
import io.tophash.sync.entry.HeapLevel;
import io.tophash.sync.entry.RecordEntries;
import java.nio.file.Path;

/**
 * Opens stores whose heap level is broken: it returns what it has without looking at the file. What
 * tests of the heap level look for must be found in these.
 */
public final class BlindStores {
  private BlindStores() {}

  /** Opens a store behind such a level. */
  public static <K, V> SyncStore<K, V> open(
      SyncStoreBuilder<K, V> builder, Codec<K> keys, Codec<V> values, Path path, int capacity) {
    Attachment attachment = Attachment.open(builder.request(path, false));
    RecordEntries<K, V> entries = (RecordEntries<K, V>) attachment.entries(keys, values);
    HeapLevel<K, V> blind =
        new HeapLevel<>(entries, capacity) {
          @Override
          protected boolean isCurrent(int slot) {
            return true;
          }
        };
    return new SyncStore<>(attachment, entries.behind(blind));
  }
}
