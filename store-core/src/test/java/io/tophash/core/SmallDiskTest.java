package io.tophash.core;

import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.SmallDiskCases;
import java.nio.file.Path;
import java.util.Map;

/** A {@code HashStore} on a file system that is full. */
class SmallDiskTest extends SmallDiskCases {
  @Override
  protected Map<String, byte[]> records(Path path) {
    return HashStore.builder(Codecs.utf8(), Codecs.bytes()).windowBytes(1 << 20).open(path);
  }

  @Override
  protected Longs longs(Path path) {
    LongHashStore store = HashStore.longs().windowBytes(1 << 20).open(path);
    return new Longs(store, store.asMap());
  }
}
