package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.sync.attach.SyncRequest;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("contract")
class SyncBuilderTest {
  private static SyncRequest temporary(LongSyncStoreBuilder builder) {
    return builder.request(Path.of("some.tph"), true);
  }

  @Test
  void theRequestSaysWhatTheBuilderWasTold() {
    Path path = Path.of("some.tph");
    SyncRequest request =
        SyncStore.builder(Codecs.utf8(), Codecs.uuid())
            .expectedEntries(1000)
            .readOnly(true)
            .maxBytes(1 << 20)
            .windowBytes(1 << 22)
            .lockTimeout(Duration.ofMillis(1500))
            .shards(8)
            .request(path, false);
    assertEquals(path, request.path);
    assertFalse(request.temporary);
    assertTrue(request.readOnly);
    assertEquals(1000, request.expectedEntries);
    assertEquals(1 << 20, request.maxBytes);
    assertEquals(22, request.windowShift);
    assertEquals(1500, request.lockTimeoutMs);
    assertEquals(3, request.shardShift);
    assertEquals("utf8", request.keyCodec.id());
    assertEquals("uuid", request.valueCodec.id());
  }

  @Test
  void theDefaultsAreThoseOfTheDocumentation() {
    SyncRequest request = temporary(SyncStore.longs());
    assertTrue(request.temporary);
    assertFalse(request.readOnly);
    assertEquals(0, request.expectedEntries);
    assertEquals(Long.MAX_VALUE, request.maxBytes);
    assertEquals(30, request.windowShift);
    assertEquals(10_000_000_000L, request.lockTimeoutNanos());
    assertEquals(SyncRequest.SHARDS_BY_ENGINE, request.shardShift);
    assertEquals("int64", request.keyCodec.id());
  }

  @Test
  void badSettingsAreRefusedAtOnce() {
    LongSyncStoreBuilder builder = SyncStore.longs();
    assertThrows(IllegalArgumentException.class, () -> builder.windowBytes(1 << 19));
    assertThrows(IllegalArgumentException.class, () -> builder.windowBytes(1L << 31));
    assertThrows(IllegalArgumentException.class, () -> builder.windowBytes((1 << 20) + 1));
    assertThrows(IllegalArgumentException.class, () -> builder.maxBytes(0));
    assertThrows(IllegalArgumentException.class, () -> builder.lockTimeout(Duration.ZERO));
    assertThrows(IllegalArgumentException.class, () -> builder.lockTimeout(Duration.ofMillis(-1)));
    assertThrows(NullPointerException.class, () -> builder.lockTimeout(null));
    assertThrows(NullPointerException.class, () -> builder.open(null));
    assertThrows(NullPointerException.class, () -> SyncStore.builder(null, Codecs.utf8()));
    assertThrows(IllegalStateException.class, () -> builder.readOnly(true).openTemporary());
  }

  @Test
  void timeoutsOfAnyLengthAreTaken() {
    LongSyncStoreBuilder builder = SyncStore.longs();
    assertEquals(1, temporary(builder.lockTimeout(Duration.ofNanos(1))).lockTimeoutMs);
    builder.lockTimeout(Duration.ofSeconds(Long.MAX_VALUE));
    assertEquals(Long.MAX_VALUE, temporary(builder).lockTimeoutMs);
  }
}
