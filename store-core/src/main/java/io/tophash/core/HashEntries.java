package io.tophash.core;

import io.tophash.core.codec.Codec;
import io.tophash.core.map.CallerBuffer;
import io.tophash.core.map.Encoding;
import io.tophash.core.map.Entries;
import io.tophash.core.map.EntryWalk;
import io.tophash.core.table.Table;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.agrona.MutableDirectBuffer;

/**
 * The entries of a {@link HashStore}. A change says that it is under way, does its share of a
 * growth, finds the key, and then does what it is for.
 */
final class HashEntries<K, V> implements Entries<K, V> {
  private final StoreEngine engine;
  // For lookups, and for changes: they share nothing but the file.
  private final EntryTable<K, V> cells;
  private final EntryTable<K, V> changed;

  HashEntries(StoreEngine engine, Codec<K> keyCodec, Codec<V> valueCodec) {
    this.engine = engine;
    this.cells = new EntryTable<>(engine, false, keyCodec, valueCodec);
    this.changed = new EntryTable<>(engine, true, keyCodec, valueCodec);
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

  /** What a change does to a key that is there, and to one that is not. */
  private enum Swap {
    PUT(true, true),
    PUT_IF_ABSENT(true, false),
    REPLACE(false, true),
    REMOVE(false, true);

    final boolean inserts;
    final boolean overwrites;

    Swap(boolean inserts, boolean overwrites) {
      this.inserts = inserts;
      this.overwrites = overwrites;
    }
  }

  @Override
  public V put(K key, V value) {
    return swap(Swap.PUT, key, Objects.requireNonNull(value, "value"), true);
  }

  @Override
  public void set(K key, V value) {
    swap(Swap.PUT, key, Objects.requireNonNull(value, "value"), false);
  }

  @Override
  public V putIfAbsent(K key, V value) {
    return swap(Swap.PUT_IF_ABSENT, key, Objects.requireNonNull(value, "value"), true);
  }

  @Override
  public V replace(K key, V value) {
    return swap(Swap.REPLACE, key, Objects.requireNonNull(value, "value"), true);
  }

  @Override
  public V remove(Object key) {
    return swap(Swap.REMOVE, key, null, true);
  }

  private V swap(Swap swap, Object key, V value, boolean wantsPrevious) {
    engine.beginWrite();
    try {
      V previous = swapLocked(swap, key, value, wantsPrevious);
      engine.endWrite();
      return previous;
    } catch (Throwable e) {
      engine.state = StoreEngine.FAILED;
      throw engine.settle(e);
    }
  }

  // The previous value is decoded only where it is wanted.
  private V swapLocked(Swap swap, Object key, V value, boolean wantsPrevious) {
    long found = findLocked(key);
    if (found == Table.ABSENT) {
      if (swap.inserts) {
        changed.insert(value);
      }
      return null;
    }
    V previous = wantsPrevious ? changed.valueOfFound(found) : null;
    if (value == null) {
      changed.delete(found);
    } else if (swap.overwrites) {
      changed.overwrite(found, value);
    }
    return previous;
  }

  @Override
  public boolean replace(K key, V expected, V value) {
    Objects.requireNonNull(expected, "oldValue");
    return changeIf(key, expected, null, Objects.requireNonNull(value, "newValue"));
  }

  @Override
  public boolean replaceEncoded(K key, byte[] expected, V value) {
    return changeIf(key, null, expected, Objects.requireNonNull(value, "newValue"));
  }

  @Override
  public boolean delete(Object key) {
    return changeIf(key, null, null, null);
  }

  @Override
  public boolean removeEncoded(Object key, byte[] expected) {
    return changeIf(key, null, expected, null);
  }

  @Override
  public boolean remove(Object key, Object value) {
    return changeIf(key, Objects.requireNonNull(value, "value"), null, null);
  }

  /**
   * Replaces or removes what is expected.
   *
   * @param expected the expected value as an object, or
   * @param encoded as bytes; any value if neither is given
   * @param value null to remove the key
   */
  private boolean changeIf(Object key, Object expected, byte[] encoded, V value) {
    engine.beginWrite();
    try {
      boolean changes = changeIfLocked(key, expected, encoded, value);
      engine.endWrite();
      return changes;
    } catch (Throwable e) {
      engine.state = StoreEngine.FAILED;
      throw engine.settle(e);
    }
  }

  private boolean changeIfLocked(Object key, Object expected, byte[] encoded, V value) {
    long found = findLocked(key);
    if (found == Table.ABSENT) {
      return false;
    }
    // The codec is asked only now: it has no business here while another one writes.
    byte[] wanted = expected == null ? encoded : values().bytes(expected);
    if (wanted != null && !changed.isValue(found, wanted)) {
      return false;
    }
    if (value == null) {
      changed.delete(found);
    } else {
      changed.overwrite(found, value);
    }
    return true;
  }

  private long findLocked(Object key) {
    long keyHash = changed.hashOf(key);
    engine.growth.workIfRoom(keyHash);
    return changed.find(keyHash);
  }

  @Override
  public void clear() {
    engine.change(() -> engine.growth.clear(ThreadLocalRandom.current().nextLong()));
  }
}
