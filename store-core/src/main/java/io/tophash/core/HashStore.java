package io.tophash.core;

import io.tophash.core.codec.Codec;
import io.tophash.core.table.ChainCursor;
import io.tophash.core.table.Table;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.AbstractMap;
import java.util.Collection;
import java.util.ConcurrentModificationException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import org.agrona.MutableDirectBuffer;

/**
 * A persistent {@link Map} in one memory-mapped file: Go's runtime map, off-heap.
 *
 * <p><b>Progress and threads.</b> One process and one thread at a time: a second writable opener is
 * refused, and concurrent calls are detected (on a best effort, as in Go) and answered with {@link
 * ConcurrentModificationException}; the store stays intact. Every operation is bounded by one chain
 * of buckets; no operation, growth included, pauses for the whole table.
 *
 * <p><b>Durability.</b> A change is in the file when the call returns and survives the death of
 * this process at any instruction; {@link #force} makes it survive the machine's.
 *
 * <p><b>Keys and values</b> are compared by their encoded bytes. Null is refused with {@link
 * NullPointerException}. Keys are limited to 64 KiB, values to 512 MiB ({@link
 * IllegalArgumentException}).
 *
 * <p><b>Iteration</b> begins at a random place and tolerates changes by the same thread, growth
 * included: each entry is delivered at most once, an entry that stays is delivered exactly once,
 * one that was deleted before it was reached never; a new one may or may not appear.
 *
 * <p>Any method throws {@link IllegalStateException} after {@link #close}, {@link
 * io.tophash.core.errors.StoreFullException} if it needs space that is not there, and {@link
 * io.tophash.core.errors.CorruptStoreException} if the file is damaged where it looks.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
public final class HashStore<K, V> extends AbstractMap<K, V> implements Store {
  final StoreEngine engine;
  private final Table table;
  final EntryTable<K, V> entries;
  private final BatchReads<K, V> batches;
  private final EntryChanges<K, V> changes;
  private Set<K> keySet;
  private Collection<V> valueCollection;
  private Set<Entry<K, V>> entrySet;

  HashStore(StoreEngine engine, Codec<K> keyCodec, Codec<V> valueCodec) {
    this.engine = engine;
    this.table = engine.table;
    this.entries = new EntryTable<>(engine, keyCodec, valueCodec);
    this.batches = new BatchReads<>(engine, entries);
    this.changes = new EntryChanges<>(engine, entries);
  }

  /**
   * Begins to open a store.
   *
   * @param keys how keys are written
   * @param values how values are written
   */
  public static <K, V> HashStoreBuilder<K, V> builder(Codec<K> keys, Codec<V> values) {
    return new HashStoreBuilder<>(keys, values);
  }

  /** Begins to open a store of longs that is used without boxing. */
  public static LongHashStoreBuilder longs() {
    return new LongHashStoreBuilder();
  }

  // --- lookup ------------------------------------------------------------------------------------

  private long findForRead(Object key) {
    engine.beginRead();
    try {
      long found = entries.find(entries.hashOf(key));
      engine.memory.keepAlive();
      return found;
    } catch (IndexOutOfBoundsException e) {
      throw engine.explain(e);
    }
  }

  private V valueOf(long found) {
    try {
      return entries.valueOfFound(found);
    } catch (IndexOutOfBoundsException e) {
      throw engine.explain(e);
    }
  }

  @Override
  public V get(Object key) {
    long found = findForRead(key);
    return found == Table.ABSENT ? null : valueOf(found);
  }

  @Override
  public V getOrDefault(Object key, V defaultValue) {
    long found = findForRead(key);
    return found == Table.ABSENT ? defaultValue : valueOf(found);
  }

  @Override
  public boolean containsKey(Object key) {
    return findForRead(key) != Table.ABSENT;
  }

  /**
   * Copies the encoded value of a key into the caller's buffer, from its position on, and allocates
   * nothing.
   *
   * @return size of the value in bytes, or -1 if the key is absent
   * @throws IllegalArgumentException if the buffer has too little room; it is unchanged
   */
  public int getInto(K key, ByteBuffer target) {
    long found = findForRead(key);
    if (found == Table.ABSENT) {
      return -1;
    }
    int size = CallerBuffer.copy(viewAt(found), target);
    engine.memory.keepAlive();
    return size;
  }

  /**
   * Copies the encoded value of a key into the caller's buffer. Agrona's own buffers need the JVM
   * flag {@code --add-opens java.base/jdk.internal.misc=ALL-UNNAMED}; this store does not.
   *
   * @param offset where in the buffer
   * @return size of the value in bytes, or -1 if the key is absent
   * @throws IllegalArgumentException if the buffer has too little room; it is unchanged
   */
  public int getInto(K key, MutableDirectBuffer target, int offset) {
    long found = findForRead(key);
    if (found == Table.ABSENT) {
      return -1;
    }
    int size = CallerBuffer.copy(viewAt(found), target, offset);
    engine.memory.keepAlive();
    return size;
  }

  private ByteBuffer viewAt(long found) {
    try {
      return entries.valueView(found);
    } catch (IndexOutOfBoundsException e) {
      throw engine.explain(e);
    }
  }

  /**
   * The values of many keys; keys that are absent are absent from the result. Looks up batches of
   * keys in stages, so that their cache misses overlap.
   *
   * @return a fresh map in the order of the keys
   */
  public Map<K, V> getAll(Collection<? extends K> wanted) {
    return batches.getAll(wanted);
  }

  @Override
  public boolean containsValue(Object value) {
    Objects.requireNonNull(value, "value");
    engine.beginRead();
    try {
      return entries.containsValue(value);
    } catch (IndexOutOfBoundsException e) {
      throw engine.explain(e);
    }
  }

  // --- change ------------------------------------------------------------------------------------

  /** {@inheritDoc} Where the previous value is not needed, {@link #set} is faster. */
  @Override
  public V put(K key, V value) {
    return changes.store(key, value, true);
  }

  /**
   * Stores a value without returning the previous one.
   *
   * @throws NullPointerException if key or value is null
   */
  public void set(K key, V value) {
    changes.store(key, value, false);
  }

  @Override
  public V remove(Object key) {
    return changes.remove(key);
  }

  /**
   * Removes a key without returning its value.
   *
   * @return true if it was there
   */
  public boolean delete(K key) {
    return changes.deleteIf(key, null);
  }

  @Override
  @SuppressWarnings("unchecked")
  public boolean remove(Object key, Object value) {
    return changes.deleteIf((K) key, (V) Objects.requireNonNull(value, "value"));
  }

  @Override
  public boolean replace(K key, V expected, V value) {
    return changes.replace(key, expected, value);
  }

  /**
   * {@inheritDoc} Takes time in proportion to the file's pages, not its entries, and keeps the
   * number of buckets.
   */
  @Override
  public void clear() {
    engine.clear();
  }

  // --- iteration
  // -----------------------------------------------------------------------------------

  /**
   * Calls the visitor with each entry until it returns false. The visitor may call anything on this
   * store but {@link #close}.
   */
  public void range(BiPredicate<? super K, ? super V> visitor) {
    Objects.requireNonNull(visitor, "visitor");
    EntryWalk<K, V> walk = newWalk();
    while (walk.advance()) {
      if (!visitor.test(walk.key(), walk.value())) {
        return;
      }
    }
  }

  @Override
  public void forEach(BiConsumer<? super K, ? super V> action) {
    Objects.requireNonNull(action, "action");
    range(
        (key, value) -> {
          action.accept(key, value);
          return true;
        });
  }

  EntryWalk<K, V> newWalk() {
    engine.beginIterate();
    return new EntryWalk<>(this, new ChainCursor(table, ThreadLocalRandom.current().nextLong()));
  }

  @Override
  public Set<Entry<K, V>> entrySet() {
    return entrySet == null ? entrySet = new StoreViews.Entries<>(this) : entrySet;
  }

  @Override
  public Set<K> keySet() {
    return keySet == null ? keySet = new StoreViews.Keys<>(this) : keySet;
  }

  @Override
  public Collection<V> values() {
    return valueCollection == null
        ? valueCollection = new StoreViews.Values<>(this)
        : valueCollection;
  }

  // --- the store ---------------------------------------------------------------------------------

  /** Number of entries; {@link Integer#MAX_VALUE} if there are more, see {@link #sizeLong}. */
  @Override
  public int size() {
    return (int) Math.min(Integer.MAX_VALUE, sizeLong());
  }

  @Override
  public long sizeLong() {
    engine.beginRead();
    return table.count();
  }

  @Override
  public boolean isEmpty() {
    return sizeLong() == 0;
  }

  @Override
  public HashStats stats() {
    return engine.stats();
  }

  @Override
  public VerifyReport verify() {
    return engine.verify();
  }

  @Override
  public void force() {
    engine.force();
  }

  @Override
  public void compact() {
    engine.compact();
  }

  @Override
  public void backup(Path target) {
    engine.backup(target);
  }

  @Override
  public Path path() {
    return engine.path();
  }

  @Override
  public boolean isClosed() {
    return engine.isClosed();
  }

  @Override
  public void close() {
    engine.close();
  }
}
