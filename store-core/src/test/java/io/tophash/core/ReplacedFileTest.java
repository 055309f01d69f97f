package io.tophash.core;

import io.tophash.core.testing.ReplacedFileCases;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** A {@code HashStore} whose file is replaced while it is open. */
@Tag("fault")
class ReplacedFileTest extends ReplacedFileCases {
  @Override
  protected Store open(Path path) {
    return HashStore.longs().windowBytes(1 << 20).open(path);
  }

  @Override
  protected void put(Store store, long key, long value) {
    ((LongHashStore) store).put(key, value);
  }

  @Override
  protected Long get(Store store, long key) {
    return ((LongHashStore) store).get(key);
  }

  @Override
  protected String trouble(Store store) {
    return ((LongHashStore) store).stats().trouble();
  }
}
