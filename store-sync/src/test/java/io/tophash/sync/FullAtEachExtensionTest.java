package io.tophash.sync;

import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.FullAtEachExtensionCases;
import io.tophash.core.testing.Opened;
import io.tophash.core.testing.Seeds;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** A {@code SyncStore} on a disk that is full at the n-th extension of the file. */
@Tag("fault")
@Tag("full")
class FullAtEachExtensionTest extends FullAtEachExtensionCases {
  private static final int SEGMENT_BYTES = 4_000;

  FullAtEachExtensionTest() {
    super(700, 200_000, 12_000);
  }

  /**
   * The reserve of a new store is one extent: on a disk that is full so early it may be used up by
   * the segments of one size before there is another.
   */
  @Override
  protected boolean anyChangeMayBeRefused(int n) {
    return n < 40;
  }

  /** There are many: each of the first 30, then every third one. */
  @Override
  protected int next(int n) {
    return n + (Seeds.LONG || n < 30 ? 1 : 3);
  }

  @Override
  protected Opened<String, byte[]> records(Path path) {
    return Opened.of(
        SyncStore.builder(Codecs.utf8(), Codecs.bytes())
            .windowBytes(1 << 20)
            .shards(2)
            .maxSegmentBytes(SEGMENT_BYTES)
            .open(path));
  }

  @Override
  protected Opened<Long, Long> longs(Path path) {
    LongSyncStore store =
        SyncStore.longs().windowBytes(1 << 20).shards(2).maxSegmentBytes(SEGMENT_BYTES).open(path);
    return new Opened<>(store, store.asMap());
  }
}
