package io.tophash.cli;

import io.tophash.cache.TophashCacheBuilder;
import io.tophash.core.StoreBuilder;
import io.tophash.sync.Durability;
import io.tophash.sync.SyncBuilder;
import java.time.Duration;

/**
 * How a store is to be opened, whatever kind it is of. What a kind has no use for is left out.
 *
 * @param readOnly true to change nothing
 * @param patience how long to wait for who has it open
 * @param expectedEntries hint for a new store, 0 for none
 * @param maxBytes the file grows no further; the bound of a new cache
 * @param maxEntries bound of a new cache
 * @param durability the least that is wanted; null for what the file says
 */
record Opening(
    boolean readOnly,
    Duration patience,
    long expectedEntries,
    long maxBytes,
    long maxEntries,
    Durability durability) {

  /** One of a store that is there. */
  static Opening existing(boolean readOnly, Duration patience) {
    return new Opening(readOnly, patience, 0, Long.MAX_VALUE, Long.MAX_VALUE, null);
  }

  <B extends StoreBuilder<?, ?>> B applyTo(B builder) {
    builder.readOnly(readOnly).waitForLock(patience);
    if (!readOnly) {
      builder.expectedEntries(expectedEntries).maxBytes(maxBytes);
    }
    if (durability != null) {
      ((SyncBuilder<?, ?>) builder).durability(durability);
    }
    return builder;
  }

  <K, V> TophashCacheBuilder<K, V> applyTo(TophashCacheBuilder<K, V> builder) {
    builder.readOnly(readOnly).waitForLock(patience);
    if (maxBytes != Long.MAX_VALUE) {
      builder.maxBytes(maxBytes);
    }
    if (maxEntries != Long.MAX_VALUE) {
      builder.maxEntries(maxEntries);
    }
    if (durability != null) {
      builder.durability(durability);
    }
    return builder;
  }
}
