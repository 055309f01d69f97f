package io.tophash.core;

import io.tophash.core.codec.Codec;
import io.tophash.core.map.CallerBuffer;
import io.tophash.core.map.Encoding;
import io.tophash.core.map.Entries;
import io.tophash.core.map.EntryWalk;
import io.tophash.core.table.Table;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.agrona.MutableDirectBuffer;

/**
 * The entries of a {@link HashStore}. A change says that it is under way, does its share of a
 * growth, finds the key, and then does what it is for.
 */
final class HashEntries<K, V> implements Entries<K, V> {
  private final StoreEngine engine;
  private final EntryTable<K, V> cells;

  HashEntries(StoreEngine engine, Codec<K> keyCodec, Codec<V> valueCodec) {
    this.engine = engine;
    this.cells = new EntryTable<>(engine, keyCodec, valueCodec);
  }

  EntryTable<K, V> cells() {
    return cells;
  }

  @Override
  public Encoding<K> keys() {
    return cells.keys();
  }

  @Override
  public Encoding<V> values() {
    return cells.values();
  }

  // --- lookup ------------------------------------------------------------------------------------

  private long find(Object key) {
    engine.beginRead();
    try {
      long found = cells.find(cells.hashOf(key));
      engine.memory.keepAlive();
      return found;
    } catch (IndexOutOfBoundsException e) {
      throw engine.explain(e);
    }
  }

  private V valueOf(long found) {
    try {
      return cells.valueOfFound(found);
    } catch (IndexOutOfBoundsException e) {
      throw engine.explain(e);
    }
  }

  @Override
  public V get(Object key) {
    return getOrDefault(key, null);
  }

  V getOrDefault(Object key, V defaultValue) {
    long found = find(key);
    return found == Table.ABSENT ? defaultValue : valueOf(found);
  }

  @Override
  public boolean containsKey(Object key) {
    return find(key) != Table.ABSENT;
  }

  // The encoded value: a shared view, valid until the next use of the store; null if absent.
  private ByteBuffer viewOf(Object key) {
    long found = find(key);
    if (found == Table.ABSENT) {
      return null;
    }
    try {
      return cells.valueView(found);
    } catch (IndexOutOfBoundsException e) {
      throw engine.explain(e);
    }
  }

  @Override
  public byte[] getEncoded(Object key) {
    ByteBuffer view = viewOf(key);
    if (view == null) {
      return null;
    }
    byte[] encoded = new byte[view.remaining()];
    view.get(encoded);
    engine.memory.keepAlive();
    return encoded;
  }

  @Override
  public int getInto(Object key, ByteBuffer target) {
    ByteBuffer view = viewOf(key);
    if (view == null) {
      return -1;
    }
    int size = view.remaining();
    CallerBuffer.checkRoom(size, target.remaining());
    target.put(view);
    engine.memory.keepAlive();
    return size;
  }

  int getInto(Object key, MutableDirectBuffer target, int offset) {
    ByteBuffer view = viewOf(key);
    if (view == null) {
      return -1;
    }
    int size = view.remaining();
    if (!target.isExpandable()) {
      CallerBuffer.checkRoom(size, target.capacity() - offset);
    }
    target.putBytes(offset, view, size);
    engine.memory.keepAlive();
    return size;
  }

  @Override
  public boolean containsValue(Object value) {
    engine.beginRead();
    try {
      return cells.containsValue(values().bytes(value));
    } catch (IndexOutOfBoundsException e) {
      throw engine.explain(e);
    }
  }

  @Override
  public EntryWalk<K, V> newWalk() {
    return new HashWalk<>(this, engine, cells);
  }

  @Override
  public long sizeLong() {
    engine.beginRead();
    return engine.table.count();
  }

  // --- change ------------------------------------------------------------------------------------

  /** What becomes of a value that is there already. */
  private enum Present {
    KEPT,
    REPLACED
  }

  @Override
  public V put(K key, V value) {
    return store(key, value, Present.REPLACED, true);
  }

  @Override
  public void set(K key, V value) {
    store(key, value, Present.REPLACED, false);
  }

  @Override
  public V putIfAbsent(K key, V value) {
    return store(key, value, Present.KEPT, true);
  }

  // The previous value is decoded only where it is wanted.
  private V store(K key, V value, Present present, boolean wantsPrevious) {
    Objects.requireNonNull(value, "value");
    engine.beginWrite();
    try {
      long found = findLocked(key);
      if (found == Table.ABSENT) {
        cells.insert(value);
        return null;
      }
      V previous = wantsPrevious ? cells.valueOfFound(found) : null;
      if (present == Present.REPLACED) {
        cells.overwrite(found, value);
      }
      return previous;
    } catch (IndexOutOfBoundsException e) {
      throw engine.explain(e);
    } finally {
      engine.endWrite();
    }
  }

  @Override
  public V replace(K key, V value) {
    Objects.requireNonNull(value, "value");
    engine.beginWrite();
    try {
      long found = findLocked(key);
      if (found == Table.ABSENT) {
        return null;
      }
      V previous = cells.valueOfFound(found);
      cells.overwrite(found, value);
      return previous;
    } catch (IndexOutOfBoundsException e) {
      throw engine.explain(e);
    } finally {
      engine.endWrite();
    }
  }

  @Override
  public boolean replace(K key, V expected, V value) {
    return replaceIf(key, Objects.requireNonNull(expected, "oldValue"), null, value);
  }

  @Override
  public boolean replaceEncoded(K key, byte[] expected, V value) {
    return replaceIf(key, null, expected, value);
  }

  private boolean replaceIf(K key, V expected, byte[] encoded, V value) {
    Objects.requireNonNull(value, "newValue");
    engine.beginWrite();
    try {
      long found = findLocked(key);
      if (found == Table.ABSENT || !isValue(found, expected, encoded)) {
        return false;
      }
      cells.overwrite(found, value);
      return true;
    } catch (IndexOutOfBoundsException e) {
      throw engine.explain(e);
    } finally {
      engine.endWrite();
    }
  }

  @Override
  public V remove(Object key) {
    engine.beginWrite();
    try {
      long found = findLocked(key);
      if (found == Table.ABSENT) {
        return null;
      }
      V previous = cells.valueOfFound(found);
      cells.delete(found);
      return previous;
    } catch (IndexOutOfBoundsException e) {
      throw engine.explain(e);
    } finally {
      engine.endWrite();
    }
  }

  @Override
  public boolean delete(Object key) {
    return deleteIf(key, null, null);
  }

  @Override
  public boolean removeEncoded(Object key, byte[] expected) {
    return deleteIf(key, null, expected);
  }

  @Override
  public boolean remove(Object key, Object value) {
    return deleteIf(key, Objects.requireNonNull(value, "value"), null);
  }

  // Any value does if none is expected, neither as an object nor as bytes.
  private boolean deleteIf(Object key, Object expected, byte[] encoded) {
    engine.beginWrite();
    try {
      long found = findLocked(key);
      boolean any = expected == null && encoded == null;
      if (found == Table.ABSENT || !any && !isValue(found, expected, encoded)) {
        return false;
      }
      cells.delete(found);
      return true;
    } catch (IndexOutOfBoundsException e) {
      throw engine.explain(e);
    } finally {
      engine.endWrite();
    }
  }

  // The codec is asked only now: it has no business here while another one writes.
  private boolean isValue(long found, Object expected, byte[] encoded) {
    return cells.isValue(found, encoded == null ? values().bytes(expected) : encoded);
  }

  private long findLocked(Object key) {
    long keyHash = cells.hashOf(key);
    engine.growth.workIfRoom(keyHash);
    return cells.find(keyHash);
  }

  @Override
  public void clear() {
    engine.clear();
  }
}
