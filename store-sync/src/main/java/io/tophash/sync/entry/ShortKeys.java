package io.tophash.sync.entry;

import static io.tophash.core.hash.KeyHash.LONGEST;
import static io.tophash.core.hash.KeyHash.SHORTEST;

import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import io.tophash.core.memory.HeapBytes;
import io.tophash.core.memory.ShortText;
import io.tophash.core.memory.StringArray;
import java.util.Objects;
import java.util.UUID;

/**
 * Keys as two numbers, where that is possible: those of 4 to 16 bytes whose codec is one of the
 * ready-made ones. So a lookup hashes and compares them in registers, and needs no array. The
 * numbers are the <i>first</i> and the <i>last</i> bytes of the key in the byte order of the file:
 * four of each up to a length of 8, then eight; they overlap, or meet.
 */
final class ShortKeys {
  // What keys are. No enum: a switch over one costs a load more, each time.
  private static final int NONE = 0;
  private static final int TEXT = 1;
  private static final int ARRAY = 2;
  private static final int INT32 = 3;
  private static final int INT64 = 4;
  private static final int UUIDS = 5;

  private final int form;

  ShortKeys(Codec<?> codec) {
    if (codec == Codecs.utf8()) {
      form = TEXT;
    } else if (codec == Codecs.bytes()) {
      form = ARRAY;
    } else if (codec == Codecs.int32()) {
      form = INT32;
    } else if (codec == Codecs.int64()) {
      form = INT64;
    } else {
      form = codec == Codecs.uuid() ? UUIDS : NONE;
    }
  }

  /** True if keys of this size are looked up by their numbers. */
  static boolean isShort(int bytes) {
    return bytes >= SHORTEST && bytes <= LONGEST;
  }

  /**
   * Size of a key that {@link #first} and {@link #last} may give; -1 if it is none.
   *
   * @throws ClassCastException if it is of another type than the codec's
   */
  int bytes(Object key) {
    Objects.requireNonNull(key, "key");
    int bytes;
    switch (form) {
      case TEXT:
        bytes = ((String) key).length();
        break;
      case ARRAY:
        bytes = ((byte[]) key).length;
        break;
      case INT32:
        return key instanceof Integer ? Integer.BYTES : -1;
      case INT64:
        return key instanceof Long ? Long.BYTES : -1;
      case UUIDS:
        return key instanceof UUID ? 2 * Long.BYTES : -1;
      default:
        return -1;
    }
    return isShort(bytes) ? bytes : -1;
  }

  /**
   * The array in which an encoded key of any length stands anyway, which is not to be changed; null
   * if there is none, or if the key is too long.
   */
  byte[] ownBytes(Object key, int maxBytes) {
    if (form != TEXT) {
      return null;
    }
    byte[] own = StringArray.ofAscii((String) Objects.requireNonNull(key, "key"));
    return own == null || own.length > maxBytes ? null : own;
  }

  /** The first bytes of such a key. */
  long first(Object key, int bytes) {
    switch (form) {
      case TEXT:
        return text(key, 0, bytes);
      case ARRAY:
        return first((byte[]) key, 0, bytes);
      case INT32:
        return (Integer) key;
      case INT64:
        return (Long) key;
      default:
        return ((UUID) key).getMostSignificantBits();
    }
  }

  /** Its last bytes. */
  long last(Object key, int bytes) {
    switch (form) {
      case TEXT:
        return text(key, lastAt(bytes), bytes);
      case ARRAY:
        return last((byte[]) key, 0, bytes);
      case INT32:
        return (Integer) key;
      case INT64:
        return (Long) key >> Integer.SIZE;
      default:
        return ((UUID) key).getLeastSignificantBits();
    }
  }

  /** True if these numbers are the key: of a text, if all of it is ASCII. */
  boolean isExact(long first, long last) {
    return (first | last) >= 0 || form != TEXT;
  }

  private static long text(Object key, int at, int bytes) {
    return bytes > Long.BYTES
        ? ShortText.eight((String) key, at)
        : ShortText.four((String) key, at);
  }

  /** Where the last bytes of a short key begin. */
  static int lastAt(int bytes) {
    return bytes > Long.BYTES ? bytes - Long.BYTES : bytes - Integer.BYTES;
  }

  /** The first bytes of a short key that stands in an array. */
  static long first(byte[] key, int at, int bytes) {
    return bytes > Long.BYTES ? HeapBytes.getLong(key, at) : HeapBytes.getInt(key, at);
  }

  /** Its last bytes. */
  static long last(byte[] key, int at, int bytes) {
    return first(key, at + lastAt(bytes), bytes);
  }

  /** Writes a key of two numbers into an array. */
  static void write(long first, long last, int bytes, byte[] target, int at) {
    if (bytes > Long.BYTES) {
      HeapBytes.putLong(target, at, first);
      HeapBytes.putLong(target, at + lastAt(bytes), last);
    } else {
      HeapBytes.putInt(target, at, (int) first);
      HeapBytes.putInt(target, at + lastAt(bytes), (int) last);
    }
  }
}
