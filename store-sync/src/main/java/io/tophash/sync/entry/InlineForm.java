package io.tophash.sync.entry;

import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import io.tophash.core.map.Encoding;
import io.tophash.core.memory.HeapBytes;
import java.util.Arrays;
import java.util.Objects;

/** Keys or values of up to eight bytes as longs, zero-extended. Stateless. */
public final class InlineForm<T> {
  private final Encoding<T> encoding;
  private final String what;
  private final int bytes;
  private final boolean isLong;

  InlineForm(Codec<T> codec, String what) {
    this.encoding = new Encoding<>(codec, what, codec.fixedSize());
    this.what = what;
    this.bytes = codec.fixedSize();
    this.isLong = codec == Codecs.int64();
  }

  Encoding<T> encoding() {
    return encoding;
  }

  /** Encoded size. */
  int bytes() {
    return bytes;
  }

  @SuppressWarnings("unchecked")
  long toLong(Object object) {
    Objects.requireNonNull(object, what);
    if (isLong) {
      return (Long) object;
    }
    byte[] encoded = new byte[8];
    encoding.write((T) object, encoded, 0, encoding.size((T) object));
    return HeapBytes.getLong(encoded, 0);
  }

  @SuppressWarnings("unchecked")
  T fromLong(long word) {
    if (isLong) {
      return (T) (Long) word;
    }
    return encoding.read(encoded(word));
  }

  byte[] encoded(long word) {
    byte[] encoded = new byte[8];
    HeapBytes.putLong(encoded, 0, word);
    return Arrays.copyOf(encoded, bytes);
  }

  /** The word of encoded bytes; null if they are not as long as they must be. */
  Long ofEncoded(byte[] encoded) {
    return encoded.length == bytes ? (Long) HeapBytes.getLong(Arrays.copyOf(encoded, 8), 0) : null;
  }
}
