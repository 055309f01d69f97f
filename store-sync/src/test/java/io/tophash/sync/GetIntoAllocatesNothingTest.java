package io.tophash.sync;

import io.tophash.core.StoreMap;
import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.GetIntoCases;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** {@code getInto} of a {@code SyncStore}. */
@Tag("fast")
@Tag("contract")
class GetIntoAllocatesNothingTest extends GetIntoCases {
  @Override
  protected StoreMap<String, byte[]> open(Path path) {
    return SyncStore.builder(Codecs.utf8(), Codecs.bytes()).open(path);
  }

  @Override
  protected long enough() {
    return 2 * ENTRIES; // of the few keys in a dirty table one takes some eighty
  }
}
