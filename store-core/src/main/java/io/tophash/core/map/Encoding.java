package io.tophash.core.map;

import io.tophash.core.codec.ArrayCodec;
import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * The keys, or the values, of a store as bytes: what a codec is asked, checked against what it
 * promised and what the store takes. Two objects are the same iff their bytes are equal; that is
 * the rule of all methods and views. Stateless; may be shared between threads.
 */
public final class Encoding<T> {
  private final Codec<T> codec;
  // The codec again, if it encodes into arrays.
  private final ArrayCodec<T> arrays;
  private final String what;
  private final int fixedBytes;
  private final int maxBytes;
  // One of this library's codecs: it keeps between the position and the limit of its buffers.
  private final boolean isReadyMade;
  private final boolean isBytes;

  /**
   * @param what key or value, for messages
   * @param maxBytes largest encoded size
   */
  public Encoding(Codec<T> codec, String what, int maxBytes) {
    this.codec = codec;
    this.arrays = codec instanceof ArrayCodec ? (ArrayCodec<T>) codec : null;
    this.what = what;
    this.fixedBytes = codec.fixedSize();
    this.maxBytes = maxBytes;
    this.isBytes = codec == (Object) Codecs.bytes();
    this.isReadyMade = codec.getClass().getPackage() == Codec.class.getPackage();
  }

  public Codec<T> codec() {
    return codec;
  }

  public int maxBytes() {
    return maxBytes;
  }

  /** True if {@link #bytes} costs no more than {@link #size} and {@link #write} do. */
  public boolean isArray() {
    return arrays != null;
  }

  /** Size of an encoded object in bytes, checked. */
  public int size(T object) {
    return checked(codec.size(Objects.requireNonNull(object, what)));
  }

  private int checked(int size) {
    if (fixedBytes >= 0 && size != fixedBytes) {
      throw notAsAnnounced(fixedBytes, size);
    }
    if (size < 0) {
      throw new IllegalStateException(
          "the codec announces a negative size; mend the codec, codec="
              + codec.id()
              + " announced="
              + size);
    }
    if (size > maxBytes) {
      throw new IllegalArgumentException(
          "the " + what + " is too large: at most " + maxBytes + " bytes, bytes=" + size);
    }
    return size;
  }

  private IllegalStateException notAsAnnounced(int announced, int written) {
    return new IllegalStateException(
        "the codec writes another number of bytes than it announces; mend the codec, codec="
            + codec.id()
            + " announced="
            + announced
            + " written="
            + written);
  }

  /**
   * The encoded object, which is not to be changed.
   *
   * @throws ClassCastException if it is of another type
   */
  @SuppressWarnings("unchecked") // another type is the codec's ClassCastException
  public byte[] bytes(Object object) {
    T typed = (T) Objects.requireNonNull(object, what);
    if (arrays != null) {
      byte[] array = arrays.toArray(typed);
      checked(array.length);
      return array;
    }
    byte[] array = new byte[size(typed)];
    write(typed, array, 0, array.length);
    return array;
  }

  /**
   * Writes an object into an array, where that needs no other one.
   *
   * @return its size; -1 if nothing was done
   */
  public int writeShort(T object, byte[] target, int offset) {
    int size =
        arrays == null ? -1 : arrays.toArray(Objects.requireNonNull(object, what), target, offset);
    return size < 0 ? -1 : checked(size);
  }

  /** As {@link #bytes}; null for null and for an object of another type, which is in no store. */
  public byte[] bytesIfAny(Object object) {
    try {
      return object == null ? null : bytes(object);
    } catch (ClassCastException e) {
      return null;
    }
  }

  /** Writes an object of that size into an array. */
  public void write(T object, byte[] target, int offset, int size) {
    write(object, ByteBuffer.wrap(target, offset, size), size);
  }

  /** Writes an object of that size from the buffer's position on. */
  public void write(T object, ByteBuffer target, int size) {
    // Others see the room that is theirs and nothing around it.
    ByteBuffer own = isReadyMade ? target : target.slice();
    own.order(ByteOrder.LITTLE_ENDIAN);
    int from = own.position();
    try {
      codec.write(object, own);
    } catch (BufferOverflowException e) {
      throw notAsAnnounced(size, size + 1);
    }
    if (own.position() != from + size) {
      throw notAsAnnounced(size, own.position() - from);
    }
  }

  /** Decodes all bytes from the buffer's position to its limit. */
  public T read(ByteBuffer source) {
    ByteBuffer own = isReadyMade ? source : source.slice().asReadOnlyBuffer();
    return codec.read(own.order(ByteOrder.LITTLE_ENDIAN));
  }

  /** Decodes an array that nobody else has: it may become the object. */
  @SuppressWarnings("unchecked")
  public T readFresh(byte[] encoded) {
    if (isBytes) {
      return (T) encoded;
    }
    return arrays != null ? arrays.ofArray(encoded) : read(encoded);
  }

  /** Decodes an array. */
  public T read(byte[] encoded) {
    return read(encoded, 0, encoded.length);
  }

  /** Decodes a part of an array. */
  public T read(byte[] bytes, int offset, int length) {
    return read(ByteBuffer.wrap(bytes, offset, length));
  }

  /** True if two objects are the same here; null and objects of another type are none's same. */
  public boolean isSame(T object, Object other) {
    byte[] encoded = bytesIfAny(other);
    return encoded != null && Arrays.equals(bytes(object), encoded);
  }

  /**
   * Hash code of an object by its bytes: the object's own, as {@link java.util.Map} wants it, if
   * that depends on the bytes alone, so for all types that are equal when they are read twice; else
   * (arrays) that of the bytes.
   */
  public int hash(T object) {
    byte[] encoded = bytes(object);
    return object.equals(read(encoded)) ? object.hashCode() : Arrays.hashCode(encoded);
  }
}
