package io.tophash.sync;

import io.tophash.core.Store;
import io.tophash.core.testing.ReplacedFileCases;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** A {@code SyncStore} whose file is replaced while it is open. */
@Tag("fault")
class ReplacedFileTest extends ReplacedFileCases {
  @Override
  protected Store open(Path path) {
    return SyncStore.longs().windowBytes(1 << 20).open(path);
  }

  @Override
  protected void put(Store store, long key, long value) {
    ((LongSyncStore) store).put(key, value);
  }

  @Override
  protected Long get(Store store, long key) {
    return ((LongSyncStore) store).get(key);
  }

  @Override
  protected String trouble(Store store) {
    return ((LongSyncStore) store).stats().trouble();
  }
}
