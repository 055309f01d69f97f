package io.tophash.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import io.tophash.core.errors.IncompatibleStoreException;
import io.tophash.core.errors.StoreException;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.testing.Stores;
import io.tophash.core.testing.TestHashes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Paths that are no store, or not the store that was asked for. */
@Tag("fault")
class ForeignFileTest {
  @TempDir Path directory;
  private Path path;

  @BeforeEach
  void makeAStore() {
    path = directory.resolve("store");
    try (HashStore<Long, Long> store = longs().open(path)) {
      store.put(1L, 2L);
    }
  }

  private static HashStoreBuilder<Long, Long> longs() {
    return HashStore.builder(Codecs.int64(), Codecs.int64()).windowBytes(1 << 16);
  }

  private <K, V> void assertIncompatible(HashStoreBuilder<K, V> builder, String... words)
      throws IOException {
    byte[] before = Files.readAllBytes(path);
    for (boolean readOnly : new boolean[] {true, false}) {
      String message =
          assertThrows(
                  IncompatibleStoreException.class, () -> builder.readOnly(readOnly).open(path))
              .getMessage();
      for (String word : words) {
        assertTrue(message.contains(word), message);
      }
    }
    assertArrayEquals(before, Files.readAllBytes(path));
  }

  /** Changes the sealed header and mends its checksum. */
  private void patch(int offset, int value) throws IOException {
    byte[] bytes = Files.readAllBytes(path);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(offset, value);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, HeaderLayout.CHECKSUM);
    buffer.putInt(HeaderLayout.CHECKSUM, (int) crc.getValue());
    Files.write(path, bytes);
  }

  @Test
  void otherCodecsAreRefused() throws IOException {
    assertIncompatible(
        HashStore.builder(Codecs.int64(), Codecs.utf8()), "value codec", "int64", "utf8");
    assertIncompatible(
        HashStore.builder(Codecs.utf8(), Codecs.int64()), "key codec", "int64", "utf8");
    Codec<Long> same =
        Codec.of("int64", value -> new byte[8], bytes -> ByteBuffer.wrap(bytes).getLong());
    assertIncompatible(HashStore.builder(Codecs.int64(), same), "size", "stored=8");
    assertIncompatible(HashStore.builder(same, Codecs.int64()), "size", "stored=8");
  }

  @Test
  void anotherHashFunctionIsRefused() throws IOException {
    assertIncompatible(longs().hashes(TestHashes.constant()), "hash function", "constant");
  }

  @Test
  void anotherKindOfStoreIsRefused() throws IOException {
    patch(HeaderLayout.KIND, HeaderLayout.KIND_SYNC);
    assertIncompatible(longs(), "kind of store");
    patch(HeaderLayout.KIND, 99);
    assertIncompatible(longs(), "kind of store");
  }

  @Test
  void anotherFormatVersionIsRefused() throws IOException {
    for (int version : new int[] {2, 3, 999}) {
      patch(HeaderLayout.VERSION, version);
      assertIncompatible(longs(), "version=" + version);
    }
  }

  @Test
  void impossibleGeometryIsRefused() throws IOException {
    int[] offsets = {HeaderLayout.WINDOW_SHIFT, HeaderLayout.PAGE_SHIFT, HeaderLayout.CHUNK_SHIFT};
    for (int offset : offsets) {
      byte[] before = Files.readAllBytes(path);
      for (int value : new int[] {-1, 0, 13, 31, 64, Integer.MAX_VALUE}) {
        boolean possible = offset == HeaderLayout.CHUNK_SHIFT && (value == 0 || value == 13);
        patch(offset, value);
        if (!possible) {
          assertThrows(StoreException.class, () -> longs().readOnly(true).open(path));
          assertThrows(StoreException.class, () -> longs().open(path));
        }
      }
      Files.write(path, before);
    }
    longs().open(path).close();
  }

  @Test
  void aForeignFileIsRefusedAndUnchanged() throws IOException {
    for (int length : new int[] {1, 7, 8, 100, 5_000, 100_000}) {
      byte[] foreign = new byte[length];
      java.util.Arrays.fill(foreign, (byte) 'x');
      Files.write(path, foreign);
      assertIncompatible(longs(), "not a Tophash store");
      assertArrayEquals(foreign, Files.readAllBytes(path));
    }
  }

  @Test
  void anEmptyFileBecomesAStoreButIsNotRead() throws IOException {
    Files.write(path, new byte[0]);
    assertThrows(StoreException.class, () -> longs().readOnly(true).open(path));
    assertEquals(0, Files.size(path));
    try (HashStore<Long, Long> store = longs().open(path)) {
      store.put(1L, 1L);
    }
    try (HashStore<Long, Long> store = longs().open(path)) {
      assertEquals(1L, store.get(1L));
    }
  }

  @Test
  void aDirectoryOrAnAbsentOneIsRefused() {
    assertThrows(StoreException.class, () -> longs().open(directory));
    assertThrows(StoreException.class, () -> longs().readOnly(true).open(directory));
    assertThrows(StoreException.class, () -> longs().open(directory.resolve("no/store")));
    assertThrows(StoreException.class, () -> longs().open(Path.of("/")));
  }

  @Test
  void aSymbolicLinkLeadsToTheSameStore() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), path);
    try (HashStore<Long, Long> store = longs().open(link)) {
      assertEquals(2L, store.get(1L));
      assertEquals(path.toRealPath(), store.path());
      assertThrows(StoreException.class, () -> longs().open(path));
    }
  }

  @Test
  void anIdentityThatDoesNotFitTheHeaderIsRefused() {
    Codec<String> codec = Codec.of("x".repeat(121), String::getBytes, String::new);
    Path other = directory.resolve("other");
    assertThrows(IllegalArgumentException.class, () -> HashStore.builder(codec, codec).open(other));
    assertTrue(Files.notExists(other));
  }

  @Test
  void codecsWithTheSameIdentityAndSizeAreInterchangeable() {
    Path other = directory.resolve("other");
    try (HashStore<String, byte[]> store =
        HashStore.builder(Codecs.utf8(), Codecs.bytes()).open(other)) {
      store.put("a", new byte[] {1, 2});
    }
    try (HashStore<String, ByteBuffer> store =
        HashStore.builder(Codecs.utf8(), Codecs.byteBuffer()).open(other)) {
      assertEquals(ByteBuffer.wrap(new byte[] {1, 2}), store.get("a"));
      Stores.assertClean(store);
    }
  }
}
