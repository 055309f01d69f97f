package io.tophash.sync;

import io.tophash.core.StoreMap;
import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.SilentDamageCases;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** Damaged files of a {@code SyncStore} that was closed. */
@Tag("full")
@Tag("fault")
class SilentDamageTest extends SilentDamageCases {
  @Override
  protected StoreMap<Long, Long> longs(Path path, boolean readOnly) {
    return SyncStore.longs().shards(4).windowBytes(1 << 20).readOnly(readOnly).open(path).asMap();
  }

  @Override
  protected StoreMap<String, String> texts(Path path, boolean readOnly) {
    return SyncStore.builder(Codecs.utf8(), Codecs.utf8())
        .shards(4)
        .windowBytes(1 << 20)
        .readOnly(readOnly)
        .open(path);
  }
}
