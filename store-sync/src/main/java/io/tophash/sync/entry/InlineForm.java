package io.tophash.sync.entry;

import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import io.tophash.core.memory.HeapBytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/** Keys or values of up to eight bytes as longs, zero-extended. Stateless. */
public final class InlineForm<T> {
  private final Codec<T> codec;
  private final String what;
  private final int bytes;
  private final boolean isLong;

  InlineForm(Codec<T> codec, String what) {
    this.codec = codec;
    this.what = what;
    this.bytes = codec.fixedSize();
    this.isLong = codec == Codecs.int64();
  }

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
    RecordForm.write(
        codec, (T) object, encoded, 0, RecordForm.size(codec, what, (T) object, bytes));
    return (long) HeapBytes.LONG.get(encoded, 0);
  }

  @SuppressWarnings("unchecked")
  T fromLong(long word) {
    if (isLong) {
      return (T) (Long) word;
    }
    return codec.read(ByteBuffer.wrap(encoded(word)).order(ByteOrder.LITTLE_ENDIAN));
  }

  byte[] encoded(long word) {
    byte[] encoded = new byte[8];
    HeapBytes.LONG.set(encoded, 0, word);
    return Arrays.copyOf(encoded, bytes);
  }

  /** The word of encoded bytes; null if they are not as long as they must be. */
  Long ofEncoded(byte[] encoded) {
    return encoded.length == bytes
        ? (Long) (long) HeapBytes.LONG.get(Arrays.copyOf(encoded, 8), 0)
        : null;
  }
}
