package io.tophash.spring;

import io.tophash.cache.ObjectCodec;
import io.tophash.core.codec.ArrayCodec;
import java.nio.ByteBuffer;
import org.springframework.cache.support.NullValue;

/** Writes objects of any class, and Spring's stand-in for null as no bytes at all. */
final class NullableCodec implements ArrayCodec<Object> {
  private static final byte[] NOTHING = {};

  private final ObjectCodec<Object> objects;

  NullableCodec(ObjectCodec<Object> objects) {
    this.objects = objects;
  }

  @Override
  public String id() {
    return "nullable-" + objects.id();
  }

  @Override
  public byte[] toArray(Object value) {
    return value == NullValue.INSTANCE ? NOTHING : objects.toArray(value);
  }

  @Override
  public int size(Object value) {
    return toArray(value).length;
  }

  @Override
  public void write(Object value, ByteBuffer target) {
    target.put(toArray(value));
  }

  @Override
  public Object read(ByteBuffer source) {
    return source.hasRemaining() ? objects.read(source) : NullValue.INSTANCE;
  }
}
