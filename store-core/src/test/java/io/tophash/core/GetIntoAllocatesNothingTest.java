package io.tophash.core;

import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.GetIntoCases;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** {@code getInto} of a {@code HashStore}. */
@Tag("fast")
@Tag("contract")
class GetIntoAllocatesNothingTest extends GetIntoCases {
  @Override
  protected StoreMap<String, byte[]> open(Path path) {
    return HashStore.builder(Codecs.utf8(), Codecs.bytes()).open(path);
  }

  @Override
  protected long enough() {
    return 1_000; // a quarter of a byte for each lookup: of this thread's other doings
  }
}
