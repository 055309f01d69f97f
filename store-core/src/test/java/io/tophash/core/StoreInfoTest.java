package io.tophash.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.IncompatibleStoreException;
import io.tophash.core.errors.StoreException;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.StoreHeader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sealed header as public information. */
@Tag("contract")
class StoreInfoTest {
  @TempDir Path dir;

  private Path newStore() {
    Path path = dir.resolve("a.tph");
    HashStore.builder(Codecs.uuid(), Codecs.utf8()).windowBytes(1 << 20).open(path).close();
    return path;
  }

  @Test
  void saysWhatTheStoreWasMadeWith() {
    Instant before = Instant.ofEpochMilli(System.currentTimeMillis());
    StoreInfo info = StoreInfo.read(newStore());
    assertEquals(StoreInfo.Kind.HASH, info.kind());
    assertEquals(HeaderLayout.VERSION_VALUE, info.formatVersion());
    assertEquals("uuid", info.keyCodec());
    assertEquals(16, info.keyFixedBytes());
    assertEquals("utf8", info.valueCodec());
    assertEquals(Codec.VARIABLE, info.valueFixedBytes());
    assertEquals(1 << 20, info.windowBytes());
    assertFalse(info.created().isBefore(before));
    assertFalse(info.hashName().isEmpty());
  }

  @Test
  void readsAStoreThatIsOpenForWriting() {
    Path path = dir.resolve("open.tph");
    try (HashStore<UUID, String> store =
        HashStore.builder(Codecs.uuid(), Codecs.utf8()).open(path)) {
      store.put(new UUID(1, 2), "x");
      assertEquals("uuid", StoreInfo.read(path).keyCodec());
    }
  }

  @Test
  void refusesWhatIsNoStore() throws Exception {
    Path foreign = Files.writeString(dir.resolve("foreign"), "not a store at all");
    assertThrows(IncompatibleStoreException.class, () -> StoreInfo.read(foreign));
    Path empty = Files.createFile(dir.resolve("empty"));
    assertThrows(IncompatibleStoreException.class, () -> StoreInfo.read(empty));
    StoreException missing =
        assertThrows(StoreException.class, () -> StoreInfo.read(dir.resolve("missing")));
    assertTrue(missing.getMessage().contains("there is no such file"), missing::getMessage);
    assertThrows(StoreException.class, () -> StoreInfo.read(dir));
  }

  @Test
  void refusesADamagedOrTruncatedHeader() throws Exception {
    byte[] bytes = Files.readAllBytes(newStore());
    Path cut = Files.write(dir.resolve("cut"), Arrays.copyOf(bytes, 600));
    assertThrows(CorruptStoreException.class, () -> StoreInfo.read(cut));
    bytes[HeaderLayout.KEY_CODEC + 2] ^= 1;
    Path damaged = Files.write(dir.resolve("damaged"), bytes);
    assertThrows(CorruptStoreException.class, () -> StoreInfo.read(damaged));
  }

  @Test
  void tellsTheKindsApartAndRefusesAnUnknownOne() throws Exception {
    assertEquals(StoreInfo.Kind.SYNC, StoreInfo.read(headerOfKind(2)).kind());
    Path unknown = headerOfKind(9);
    assertThrows(IncompatibleStoreException.class, () -> StoreInfo.read(unknown));
  }

  private Path headerOfKind(int kind) throws Exception {
    StoreHeader header = new StoreHeader(kind, 30, 4, -1, -1, "h", "utf8", "utf8", 1, 2);
    ByteBuffer head = ByteBuffer.allocate(HeaderLayout.BYTES).put(header.toBytes());
    return Files.write(dir.resolve("kind" + kind), head.array());
  }
}
