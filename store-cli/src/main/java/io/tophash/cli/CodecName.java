package io.tophash.cli;

import io.tophash.core.codec.Codec;
import java.util.Locale;

/** The codecs that a new store can be made with. */
enum CodecName {
  UTF8(Codec.VARIABLE),
  BYTES(Codec.VARIABLE),
  INT32(4),
  INT64(8),
  UUID(16);

  private final int fixedBytes;

  CodecName(int fixedBytes) {
    this.fixedBytes = fixedBytes;
  }

  TextForm form() {
    return TextForm.of(toString(), fixedBytes);
  }

  /** The identity of the codec. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
