package io.tophash.core;

import io.tophash.core.testing.LeftoverCases;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** What a {@code HashStore} leaves that was not made. */
@Tag("fault")
class LeftoverTest extends LeftoverCases {
  @Override
  protected StoreMap<Long, Long> open(Path path, long maxBytes) {
    return HashStore.longs().windowBytes(1 << 20).maxBytes(maxBytes).open(path).asMap();
  }
}
