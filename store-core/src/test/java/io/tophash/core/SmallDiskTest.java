package io.tophash.core;

import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.Opened;
import io.tophash.core.testing.SmallDiskCases;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** A {@code HashStore} on a file system that is full. */
@Tag("fault")
@Tag("full")
class SmallDiskTest extends SmallDiskCases {
  @Override
  protected Opened<String, byte[]> records(Path path) {
    return Opened.of(
        HashStore.builder(Codecs.utf8(), Codecs.bytes()).windowBytes(1 << 20).open(path));
  }

  @Override
  protected Opened<Long, Long> longs(Path path) {
    LongHashStore store = HashStore.longs().windowBytes(1 << 20).open(path);
    return new Opened<>(store, store.asMap());
  }
}
