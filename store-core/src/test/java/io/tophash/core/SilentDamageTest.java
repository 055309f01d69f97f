package io.tophash.core;

import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.SilentDamageCases;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** Damaged files of a {@code HashStore} that was closed. */
@Tag("fault")
class SilentDamageTest extends SilentDamageCases {
  @Override
  protected StoreMap<Long, Long> longs(Path path, boolean readOnly) {
    return HashStore.longs().windowBytes(1 << 20).readOnly(readOnly).open(path).asMap();
  }

  @Override
  protected StoreMap<String, String> texts(Path path, boolean readOnly) {
    return HashStore.builder(Codecs.utf8(), Codecs.utf8())
        .windowBytes(1 << 20)
        .readOnly(readOnly)
        .open(path);
  }
}
