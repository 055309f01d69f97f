package io.tophash.core;

import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Stores of format version 1 as they were once written, under {@code src/test/resources/golden},
 * compressed. Their content is a function of the ordinal, so nothing else is stored. They are made
 * anew only together with the format's version:
 *
 * <pre>
 * mvn -pl store-core test -Dtest=GoldenFilesTest -Dtophash.golden.generate=src/test/resources/golden
 * </pre>
 *
 * @param name of the file
 * @param count number of entries
 * @param windowBytes size of its windows
 */
record GoldenFiles<K, V>(
    String name,
    Codec<K> keys,
    Codec<V> values,
    int count,
    int windowBytes,
    IntFunction<K> key,
    IntFunction<V> value) {

  static List<GoldenFiles<?, ?>> all() {
    return List.of(
        // 13 * 2^7 entries fill 2^8 buckets; a few more begin the growth.
        new GoldenFiles<>(
            "long-long-growing",
            Codecs.int64(),
            Codecs.int64(),
            1_670,
            1 << 16,
            i -> i * 0x9E3779B97F4A7C15L,
            i -> -7L * i),
        new GoldenFiles<>(
            "utf8-bytes",
            Codecs.utf8(),
            Codecs.byteBuffer(),
            120,
            1 << 18,
            i -> i == 0 ? "" : "k\u00e9y\u20ac" + i,
            i -> bytes(i % 40 == 7 ? 60_000 + i : i * 3)),
        new GoldenFiles<>(
            "int-uuid",
            Codecs.int32(),
            Codecs.uuid(),
            200,
            1 << 16,
            i -> i * 31 - 1_000,
            i -> new UUID(i * 0x9E3779B97F4A7C15L, ~i)));
  }

  private static ByteBuffer bytes(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i * 7 + size);
    }
    return ByteBuffer.wrap(bytes);
  }

  @Override
  public String toString() {
    return name;
  }

  Map<K, V> content() {
    Map<K, V> content = new HashMap<>();
    for (int i = 0; i < count; i++) {
      content.put(key.apply(i), value.apply(i));
    }
    return content;
  }

  HashStore<K, V> open(Path path, boolean readOnly) {
    return HashStore.builder(keys, values).readOnly(readOnly).open(path);
  }

  /** Unpacks the stored file. */
  void copyTo(Path path) throws IOException {
    try (InputStream packed = GoldenFiles.class.getResourceAsStream("/golden/" + name + ".tph.gz");
        InputStream file = new GZIPInputStream(packed)) {
      Files.copy(file, path);
    }
  }

  /** Makes the file anew. */
  void generate(Path directory, Path scratch) throws IOException {
    Path path = scratch.resolve(name);
    try (HashStore<K, V> store =
        HashStore.builder(keys, values).windowBytes(windowBytes).open(path)) {
      // Entries that come, change and go leave their marks; the last ones begin a growth.
      for (int i = 0; i < count - 20; i++) {
        store.put(key.apply(i), value.apply((i + 1) % count));
      }
      for (int i = 0; i < count - 20; i++) {
        if (i % 5 == 0) {
          store.remove(key.apply(i));
        }
        store.put(key.apply(i), value.apply(i));
      }
      for (int i = count - 20; i < count; i++) {
        store.put(key.apply(i), value.apply(i));
      }
    }
    Files.createDirectories(directory);
    try (OutputStream file = Files.newOutputStream(directory.resolve(name + ".tph.gz"));
        OutputStream packed = new GZIPOutputStream(file)) {
      Files.copy(path, packed);
    }
  }
}
