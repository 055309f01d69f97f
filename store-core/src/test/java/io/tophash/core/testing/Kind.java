package io.tophash.core.testing;

import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import java.util.function.IntFunction;

/**
 * A kind of store for the model tests: its codecs, and a function from ordinals to keys and to
 * values. Values come from a small domain, so that compare operations really hit.
 *
 * @param name for the names of tests
 * @param domain number of different keys
 * @param largest bytes of the largest value
 */
public record Kind<K, V>(
    String name,
    Codec<K> keys,
    Codec<V> values,
    int domain,
    int largest,
    IntFunction<K> key,
    IntFunction<V> value) {
  private static final int[] SIZES = {0, 1, 7, 8, 100, 1_000, 9_000, 20_000, 30_000, 32_768};

  @Override
  public String toString() {
    return name;
  }

  private static String text(String prefix, int i, int room) {
    String text = prefix + i;
    return text.substring(Math.max(0, text.length() - room));
  }

  private static ByteBuffer bytes(int size, int filler) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (filler + i);
    }
    return ByteBuffer.wrap(bytes);
  }

  /** The kinds of cells: words, longer inline cells, records, and the sizes at their borders. */
  public static List<Kind<?, ?>> all() {
    return List.of(
        new Kind<>(
            "long-long",
            Codecs.int64(),
            Codecs.int64(),
            1500,
            8,
            i -> i * 0x1_0000_0001L,
            j -> (long) j),
        new Kind<>(
            "int-uuid", Codecs.int32(), Codecs.uuid(), 900, 16, i -> -i, j -> new UUID(j, ~j)),
        new Kind<>(
            "uuid-text24",
            Codecs.uuid(),
            Stores.fixedText(24),
            900,
            24,
            i -> new UUID(i, 7),
            j -> text("abcdefghijklmnopqrstuvwxyz", j, 24)),
        new Kind<>(
            "byte-byte",
            Stores.fixedText(1),
            Stores.fixedText(1),
            90,
            1,
            i -> "" + (char) (33 + i),
            j -> "" + (char) (33 + j)),
        new Kind<>(
            "utf8-nothing",
            Codecs.utf8(),
            Stores.fixedText(0),
            700,
            0,
            i -> i == 0 ? "" : "\u00e4" + i,
            j -> ""),
        new Kind<>(
            "utf8-bytes",
            Codecs.utf8(),
            Codecs.byteBuffer(),
            300,
            32_768,
            i -> "key" + "x".repeat(i % 90) + i,
            j -> bytes(SIZES[j % SIZES.length], j)),
        new Kind<>(
            "long-utf8",
            Codecs.int64(),
            Codecs.utf8(),
            900,
            400,
            i -> (long) i,
            j -> ("\u20ac" + j).repeat(j * 3)),
        new Kind<>(
            "text128-text128",
            Stores.fixedText(128),
            Stores.fixedText(128),
            300,
            128,
            i -> "k" + i,
            j -> "v" + j),
        new Kind<>(
            "text129-text129",
            Stores.fixedText(129),
            Stores.fixedText(129),
            300,
            129,
            i -> "k" + i,
            j -> "v" + j),
        new Kind<>(
            "long-megabytes",
            Codecs.int64(),
            Codecs.byteBuffer(),
            40,
            1 << 20,
            i -> (long) i,
            j -> bytes(j == 0 ? 1 << 20 : SIZES[j % SIZES.length] * 9, j)));
  }
}
