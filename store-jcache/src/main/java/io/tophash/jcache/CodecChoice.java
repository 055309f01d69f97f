package io.tophash.jcache;

import io.tophash.cache.ObjectCodec;
import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import java.util.UUID;

/** Which codec a type has where the configuration names none. Stateless. */
final class CodecChoice {
  private CodecChoice() {}

  // Each branch has compared the type.
  @SuppressWarnings({"unchecked", "rawtypes"})
  static <T> Codec<T> of(Class<T> type, ObjectCodec<T> others) {
    Codec<?> codec;
    if (type == String.class) {
      codec = Codecs.utf8();
    } else if (type == Long.class) {
      codec = Codecs.int64();
    } else if (type == Integer.class) {
      codec = Codecs.int32();
    } else if (type == UUID.class) {
      codec = Codecs.uuid();
    } else if (type == byte[].class) {
      codec = Codecs.bytes();
    } else if (type.isEnum()) {
      codec = Codecs.enumOf((Class) type);
    } else {
      codec = others;
    }
    return (Codec<T>) codec;
  }
}
