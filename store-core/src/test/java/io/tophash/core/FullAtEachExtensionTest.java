package io.tophash.core;

import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.FullAtEachExtensionCases;
import io.tophash.core.testing.Opened;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** A {@code HashStore} on a disk that is full at the n-th extension of the file. */
@Tag("fault")
@Tag("full")
class FullAtEachExtensionTest extends FullAtEachExtensionCases {
  FullAtEachExtensionTest() {
    super(400, 20_000, 6_000);
  }

  @Override
  protected Opened<String, byte[]> records(Path path) {
    return Opened.of(
        HashStore.builder(Codecs.utf8(), Codecs.bytes()).windowBytes(1 << 18).open(path));
  }

  @Override
  protected Opened<Long, Long> longs(Path path) {
    LongHashStore store = HashStore.longs().windowBytes(1 << 18).open(path);
    return new Opened<>(store, store.asMap());
  }
}
