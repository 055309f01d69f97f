package io.tophash.cache;

import io.tophash.core.codec.ArrayCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes objects of any class, for adapters that do not know the types of their keys and values: a
 * byte that says which class, then its bytes. The classes that are most often keys and values have
 * bytes of their own; all others are serialized, if that is allowed. Thread-safe.
 *
 * <pre>
 *  1 String, UTF-8 · 2 Long · 3 Integer · 4 byte[] · 5 UUID · 6 Java serialization
 * </pre>
 *
 * @param <T> type of the objects
 */
public final class ObjectCodec<T> implements ArrayCodec<T> {
  private static final byte STRING = 1;
  private static final byte LONG = 2;
  private static final byte INTEGER = 3;
  private static final byte BYTES = 4;
  private static final byte UUID_BYTES = 5;
  private static final byte SERIALIZED = 6;

  private final ClassLoader classLoader;
  private final ObjectInputFilter filter;
  private final boolean serializes;
  private final BiFunction<String, Throwable, ? extends RuntimeException> failure;

  /**
   * A codec.
   *
   * @param classLoader finds the classes of what is read
   * @param filter which classes may be read, beside the filter of the JVM; null for no other
   * @param serializes false if nothing may be serialized, because no filter was set
   * @param failure makes the exception for what cannot be written or read, from a message and a
   *     cause, which may be null
   */
  public ObjectCodec(
      ClassLoader classLoader,
      ObjectInputFilter filter,
      boolean serializes,
      BiFunction<String, Throwable, ? extends RuntimeException> failure) {
    this.classLoader = Objects.requireNonNull(classLoader, "classLoader");
    this.filter = filter;
    this.serializes = serializes;
    this.failure = Objects.requireNonNull(failure, "failure");
  }

  @Override
  public String id() {
    return "object-1";
  }

  @Override
  public byte[] toArray(T value) {
    if (value instanceof String string) {
      return tagged(STRING, string.getBytes(StandardCharsets.UTF_8));
    } else if (value instanceof Long number) {
      return buffer(LONG, Long.BYTES).putLong(number).array();
    } else if (value instanceof Integer number) {
      return buffer(INTEGER, Integer.BYTES).putInt(number).array();
    } else if (value instanceof byte[] bytes) {
      return tagged(BYTES, bytes);
    } else if (value instanceof UUID uuid) {
      return buffer(UUID_BYTES, 2 * Long.BYTES)
          .putLong(uuid.getMostSignificantBits())
          .putLong(uuid.getLeastSignificantBits())
          .array();
    }
    return serialized(value);
  }

  private static ByteBuffer buffer(byte tag, int bytes) {
    return ByteBuffer.allocate(1 + bytes).order(ByteOrder.LITTLE_ENDIAN).put(tag);
  }

  private static byte[] tagged(byte tag, byte[] bytes) {
    return buffer(tag, bytes.length).put(bytes).array();
  }

  private byte[] serialized(T value) {
    if (value == null) {
      throw new NullPointerException("null has no encoding");
    }
    checkMaySerialize(value.getClass().getName());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(SERIALIZED);
    try (ObjectOutputStream stream = new ObjectOutputStream(bytes)) {
      stream.writeObject(value);
    } catch (IOException e) {
      throw failure.apply(
          "cannot serialize an object; make its class serializable, or set a codec: class="
              + value.getClass().getName(),
          e);
    }
    return bytes.toByteArray();
  }

  private void checkMaySerialize(String what) {
    if (!serializes) {
      throw failure.apply(
          "Java serialization of a cache that others may write to needs a filter of classes, or a"
              + (" codec: class=" + what),
          null);
    }
  }

  @Override
  public int size(T value) {
    return toArray(value).length;
  }

  @Override
  public void write(T value, ByteBuffer target) {
    target.put(toArray(value));
  }

  // What toArray wrote is read as what it was, which is a T.
  @Override
  @SuppressWarnings("unchecked")
  public T read(ByteBuffer source) {
    return (T) readObject(source);
  }

  private Object readObject(ByteBuffer source) {
    byte tag = source.get();
    return switch (tag) {
      case STRING -> new String(rest(source), StandardCharsets.UTF_8);
      case LONG -> source.getLong();
      case INTEGER -> source.getInt();
      case BYTES -> rest(source);
      case UUID_BYTES -> new UUID(source.getLong(), source.getLong());
      case SERIALIZED -> deserialized(rest(source));
      default ->
          throw failure.apply(
              "an entry was written by a newer version; its kind is not known: kind=" + tag, null);
    };
  }

  private static byte[] rest(ByteBuffer source) {
    byte[] bytes = new byte[source.remaining()];
    source.get(bytes);
    return bytes;
  }

  private Object deserialized(byte[] bytes) {
    checkMaySerialize("of an entry that is there");
    try (ObjectInputStream stream = new LoaderStream(bytes, classLoader)) {
      if (filter != null) {
        ObjectInputFilter all = stream.getObjectInputFilter();
        stream.setObjectInputFilter(all == null ? filter : ObjectInputFilter.merge(filter, all));
      }
      return stream.readObject();
    } catch (InvalidClassException e) {
      throw failure.apply(
          "an entry was not read: its class was refused by the filter, or has changed; the entry"
              + " stays until it is removed: "
              + e.getMessage(),
          e);
    } catch (IOException | ClassNotFoundException e) {
      throw failure.apply("an entry cannot be deserialized; it stays until it is removed: " + e, e);
    }
  }

  /** Finds classes by the loader of the manager. */
  private static final class LoaderStream extends ObjectInputStream {
    private static final Map<String, Class<?>> PRIMITIVES =
        Stream.of(
                boolean.class,
                byte.class,
                char.class,
                short.class,
                int.class,
                long.class,
                float.class,
                double.class,
                void.class)
            .collect(Collectors.toMap(Class::getName, primitive -> primitive));

    private final ClassLoader classLoader;

    LoaderStream(byte[] bytes, ClassLoader classLoader) throws IOException {
      super(new ByteArrayInputStream(bytes));
      this.classLoader = classLoader;
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description) throws ClassNotFoundException {
      // Not by the loader of whoever is on the stack, as the super method does: what can be read
      // does
      // not depend on who reads it first.
      Class<?> primitive = PRIMITIVES.get(description.getName());
      return primitive != null
          ? primitive
          : Class.forName(description.getName(), false, classLoader);
    }
  }
}
