package io.tophash.core;

import io.tophash.core.codec.Codec;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.ConcurrentModificationException;
import java.util.Map;
import org.agrona.MutableDirectBuffer;

/**
 * A persistent {@link Map} in one memory-mapped file: Go's runtime map, off-heap.
 *
 * <p><b>Progress and threads.</b> One process and one thread at a time: a second writable opener is
 * refused, and concurrent calls are answered with {@link ConcurrentModificationException}. Of two
 * changes at the same time the second is always refused before it stores anything, so the store
 * stays intact; a lookup beside a change is detected on a best effort, as in Go, and may answer
 * wrongly or fail in any way. Every operation is bounded by one chain of buckets; no operation,
 * growth included, pauses for the whole table.
 *
 * <p><b>Durability.</b> A change is in the file when the call returns and survives the death of
 * this process at any instruction; {@link #force} makes it survive the machine's.
 *
 * <p><b>Keys and values</b> are compared by their encoded bytes, see {@link StoreMap}. Null is
 * refused with {@link NullPointerException}. Keys are limited to 64 KiB, values to 256 MiB ({@link
 * IllegalArgumentException}).
 *
 * <p><b>Iteration</b> begins at a random place and tolerates changes by the same thread, growth
 * included: each entry is delivered at most once, an entry that stays is delivered exactly once,
 * one that was deleted before it was reached never; a new one may or may not appear.
 *
 * <p>Whatever a method throws, errors of the JVM included, its entry is as it was or changed as
 * asked, and the next operation finds the store in order. Any method throws {@link
 * IllegalStateException} after {@link #close}, {@link io.tophash.core.errors.StoreFullException} if
 * it needs space that is not there, and {@link io.tophash.core.errors.CorruptStoreException} if the
 * file is damaged where it looks.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
public final class HashStore<K, V> extends StoreMap<K, V> {
  final StoreEngine engine;
  private final WholeStore whole;
  private final HashEntries<K, V> entries;
  private final BatchReads<K, V> batches;

  HashStore(StoreEngine engine, HashEntries<K, V> entries) {
    super(entries, false);
    this.engine = engine;
    this.whole = new WholeStore(engine);
    this.entries = entries;
    this.batches = new BatchReads<>(engine, entries.cells());
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

  @Override
  public V get(Object key) {
    return entries.get(key);
  }

  @Override
  public V getOrDefault(Object key, V defaultValue) {
    return entries.getOrDefault(key, defaultValue);
  }

  @Override
  public boolean containsKey(Object key) {
    return entries.containsKey(key);
  }

  @Override
  public int getInto(K key, ByteBuffer target) {
    return entries.getInto(key, target);
  }

  @Override
  @SuppressWarnings("exports") // of an optional module
  public int getInto(K key, MutableDirectBuffer target, int offset) {
    return entries.getInto(key, target, offset);
  }

  /** {@inheritDoc} In stages, so that the cache misses of a batch overlap. */
  @Override
  public Map<K, V> getAll(Collection<? extends K> wanted) {
    return batches.getAll(wanted);
  }

  // --- change ------------------------------------------------------------------------------------

  /** {@inheritDoc} Where the previous value is not needed, {@link #set} is faster. */
  @Override
  public V put(K key, V value) {
    return entries.put(key, value);
  }

  @Override
  public void set(K key, V value) {
    entries.set(key, value);
  }

  @Override
  public V putIfAbsent(K key, V value) {
    return entries.putIfAbsent(key, value);
  }

  @Override
  public V remove(Object key) {
    return entries.remove(key);
  }

  @Override
  public boolean delete(K key) {
    return entries.delete(key);
  }

  /**
   * {@inheritDoc} Takes time in proportion to the file's pages, not its entries, and keeps the
   * number of buckets.
   */
  @Override
  public void clear() {
    entries.clear();
  }

  // --- the store ---------------------------------------------------------------------------------

  @Override
  public long sizeLong() {
    return entries.sizeLong();
  }

  @Override
  public HashStats stats() {
    return whole.stats();
  }

  @Override
  public VerifyReport verify() {
    return whole.verify();
  }

  /**
   * {@inheritDoc} When this returns, all is on the device, and a power cut before the next change
   * takes nothing away. What is changed later is written back in any order: a power cut in the
   * middle of that leaves a file that the next open verifies, and refuses if pages are missing, the
   * forced ones among them. To keep a state whatever comes later, {@link #backup} it to a new file.
   */
  @Override
  public void force() {
    whole.force();
  }

  @Override
  public void compact() {
    whole.compact();
  }

  @Override
  public void backup(Path target) {
    whole.backup(target);
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
