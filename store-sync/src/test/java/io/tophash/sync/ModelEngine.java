package io.tophash.sync;

import io.tophash.core.VerifyReport;
import io.tophash.core.codec.Codec;
import io.tophash.core.map.Encoding;
import io.tophash.core.map.Entries;
import io.tophash.core.map.EntryWalk;
import io.tophash.sync.attach.OpenRequest;
import io.tophash.sync.entry.LongTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The concurrent store as it would be without a file: the tests of the API run over it too, so that
 * they are known to ask nothing but what a {@link ConcurrentHashMap} of encoded bytes does.
 */
final class ModelEngine {
  private ModelEngine() {}

  static <K, V> Opened<K, V> open(OpenRequest<K, V> request) {
    Life life = new Life(request.path(), request.readOnly(), new ConcurrentHashMap<>());
    Typed<K, V> table = new Typed<>(life, request.keyCodec(), request.valueCodec());
    return new Opened<>(life, table, new Longs(life));
  }

  private static final class Life implements Attachment {
    private final Path path;
    private final boolean readOnly;
    private final ConcurrentHashMap<ByteBuffer, ByteBuffer> entries;
    private volatile boolean closed;

    Life(Path path, boolean readOnly, ConcurrentHashMap<ByteBuffer, ByteBuffer> entries) {
      this.path = path;
      this.readOnly = readOnly;
      this.entries = entries;
    }

    ConcurrentHashMap<ByteBuffer, ByteBuffer> read() {
      if (closed) {
        throw new IllegalStateException("the store is closed");
      }
      return entries;
    }

    ConcurrentHashMap<ByteBuffer, ByteBuffer> write() {
      if (readOnly) {
        throw new UnsupportedOperationException("the store is read-only");
      }
      return read();
    }

    @Override
    public Path path() {
      read();
      return path;
    }

    @Override
    public boolean isReadOnly() {
      return readOnly;
    }

    @Override
    public boolean isClosed() {
      return closed;
    }

    @Override
    public void close() {
      closed = true;
    }

    @Override
    public SyncStats stats() {
      long n = read().size();
      return new SyncStats(
          path, "MODEL", "", "", n, 0, 0, 0, 1, 1, 0, 0, 0, 0, n, 0, 0, 0, 0, 0, List.of());
    }

    @Override
    public VerifyReport verify() {
      return new VerifyReport(read().size(), 0, List.of());
    }

    @Override
    public void force() {
      read();
    }

    @Override
    public void backup(Path target) {
      read();
      throw new UnsupportedOperationException("a model has no file");
    }

    @Override
    public void compact() {
      write();
    }

    @Override
    public long sizeLong() {
      return read().mappingCount();
    }
  }

  private static final class Typed<K, V> implements Entries<K, V> {
    private final Life life;
    private final Codec<K> keys;
    private final Codec<V> values;

    Typed(Life life, Codec<K> keys, Codec<V> values) {
      this.life = life;
      this.keys = keys;
      this.values = values;
    }

    @SuppressWarnings("unchecked")
    private static <T> ByteBuffer encode(Codec<T> codec, Object object) {
      T typed = (T) Objects.requireNonNull(object);
      ByteBuffer bytes = ByteBuffer.allocate(codec.size(typed)).order(ByteOrder.LITTLE_ENDIAN);
      codec.write(typed, bytes);
      return bytes.flip();
    }

    private ByteBuffer key(Object key) {
      return encode(keys, key);
    }

    private ByteBuffer value(Object value) {
      return encode(values, value);
    }

    private static <T> T decode(Codec<T> codec, ByteBuffer bytes) {
      return bytes == null ? null : codec.read(bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN));
    }

    @Override
    public Encoding<K> keys() {
      return new Encoding<>(keys, "key", 64 << 10);
    }

    @Override
    public Encoding<V> values() {
      return new Encoding<>(values, "value", 256 << 20);
    }

    @Override
    public V get(Object key) {
      return decode(values, life.read().get(key(key)));
    }

    @Override
    public boolean containsKey(Object key) {
      return life.read().containsKey(key(key));
    }

    @Override
    public V put(K key, V value) {
      return decode(values, life.write().put(key(key), value(value)));
    }

    @Override
    public void set(K key, V value) {
      life.write().put(key(key), value(value));
    }

    @Override
    public V putIfAbsent(K key, V value) {
      return decode(values, life.write().putIfAbsent(key(key), value(value)));
    }

    @Override
    public V remove(Object key) {
      return decode(values, life.write().remove(key(key)));
    }

    @Override
    public boolean delete(Object key) {
      return life.write().remove(key(key)) != null;
    }

    @Override
    public boolean remove(Object key, Object value) {
      return life.write().remove(key(key), value(value));
    }

    @Override
    public V replace(K key, V value) {
      return decode(values, life.write().replace(key(key), value(value)));
    }

    @Override
    public boolean replace(K key, V expected, V value) {
      return life.write().replace(key(key), value(expected), value(value));
    }

    @Override
    public byte[] getEncoded(Object key) {
      ByteBuffer found = life.read().get(key(key));
      return found == null ? null : found.array().clone();
    }

    @Override
    public boolean replaceEncoded(K key, byte[] expected, V value) {
      return life.write().replace(key(key), ByteBuffer.wrap(expected), value(value));
    }

    @Override
    public boolean removeEncoded(Object key, byte[] expected) {
      return life.write().remove(key(key), ByteBuffer.wrap(expected));
    }

    @Override
    public int getInto(Object key, ByteBuffer target) {
      ByteBuffer found = life.read().get(key(key));
      if (found == null) {
        return -1;
      }
      if (found.remaining() > target.remaining()) {
        throw new IllegalArgumentException("the buffer is too small for the value");
      }
      target.put(found.duplicate());
      return found.remaining();
    }

    @Override
    public boolean containsValue(Object value) {
      return life.read().containsValue(value(value));
    }

    @Override
    public EntryWalk<K, V> newWalk() {
      Iterator<Map.Entry<ByteBuffer, ByteBuffer>> entries = life.read().entrySet().iterator();
      return new EntryWalk<>() {
        private Map.Entry<ByteBuffer, ByteBuffer> entry;

        @Override
        public boolean advance() {
          life.read();
          entry = entries.hasNext() ? entries.next() : null;
          return entry != null;
        }

        @Override
        public K key() {
          return decode(keys, entry.getKey());
        }

        @Override
        public V value() {
          return decode(values, entry.getValue());
        }
      };
    }

    @Override
    public void clear() {
      life.write().clear();
    }

    @Override
    public long sizeLong() {
      return life.sizeLong();
    }
  }

  private static final class Longs implements LongTable {
    private final Life life;

    Longs(Life life) {
      this.life = life;
    }

    private static ByteBuffer of(long number) {
      return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, number);
    }

    private static long or(ByteBuffer found, long missing) {
      return found == null ? missing : found.duplicate().order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    @Override
    public long get(long key, long missing) {
      return or(life.read().get(of(key)), missing);
    }

    @Override
    public boolean containsKey(long key) {
      return life.read().containsKey(of(key));
    }

    @Override
    public long put(long key, long value, long missing) {
      return or(life.write().put(of(key), of(value)), missing);
    }

    @Override
    public void set(long key, long value) {
      life.write().put(of(key), of(value));
    }

    @Override
    public long putIfAbsent(long key, long value, long missing) {
      return or(life.write().putIfAbsent(of(key), of(value)), missing);
    }

    @Override
    public long remove(long key, long missing) {
      return or(life.write().remove(of(key)), missing);
    }

    @Override
    public boolean delete(long key) {
      return life.write().remove(of(key)) != null;
    }

    @Override
    public boolean removeIf(long key, long expected) {
      return life.write().remove(of(key), of(expected));
    }

    @Override
    public boolean replace(long key, long expected, long value) {
      return life.write().replace(of(key), of(expected), of(value));
    }

    @Override
    public long addAndGet(long key, long delta) {
      return or(life.write().merge(of(key), of(delta), (a, b) -> of(or(a, 0) + or(b, 0))), 0);
    }

    @Override
    public long getAndAdd(long key, long delta) {
      return addAndGet(key, delta) - delta;
    }

    @Override
    public int getAll(long[] keys, long[] values, long missing) {
      int found = 0;
      for (int i = 0; i < keys.length; i++) {
        found += containsKey(keys[i]) ? 1 : 0;
        values[i] = get(keys[i], missing);
      }
      return found;
    }

    @Override
    public Walk newWalk() {
      Iterator<Map.Entry<ByteBuffer, ByteBuffer>> entries = life.read().entrySet().iterator();
      return new Walk() {
        private Map.Entry<ByteBuffer, ByteBuffer> entry;

        @Override
        public boolean advance() {
          life.read();
          entry = entries.hasNext() ? entries.next() : null;
          return entry != null;
        }

        @Override
        public long key() {
          return or(entry.getKey(), 0);
        }

        @Override
        public long value() {
          return or(entry.getValue(), 0);
        }
      };
    }

    @Override
    public void clear() {
      life.write().clear();
    }

    @Override
    public long sizeLong() {
      return life.sizeLong();
    }
  }
}
