package io.tophash.sync;

import io.tophash.core.StoreMap;
import io.tophash.core.VerifyReport;
import io.tophash.core.codec.Codec;
import io.tophash.core.map.CallerBuffer;
import io.tophash.core.map.Entries;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentMap;
import org.agrona.MutableDirectBuffer;

/**
 * A persistent {@link ConcurrentMap} in one memory-mapped file: Go's {@code sync.Map}, off-heap,
 * for any number of threads and processes.
 *
 * <table>
 * <caption>The methods of sync.Map</caption>
 * <tr><th>sync.Map</th><th>here</th><th>progress</th></tr>
 * <tr><td>Load</td><td>{@link #get}, {@link #containsKey}, {@link #getInto}, {@link #getAll}</td>
 *     <td>lookup</td></tr>
 * <tr><td>Store</td><td>{@link #set}</td><td>update</td></tr>
 * <tr><td>Swap</td><td>{@link #put}</td><td>update</td></tr>
 * <tr><td>LoadOrStore</td><td>{@link #putIfAbsent}</td><td>lookup if present, else update</td></tr>
 * <tr><td>LoadAndDelete</td><td>{@link #remove(Object)}</td><td>update</td></tr>
 * <tr><td>Delete</td><td>{@link #delete}</td><td>update</td></tr>
 * <tr><td>CompareAndSwap</td><td>{@link #replace(Object, Object, Object)}</td><td>update</td></tr>
 * <tr><td>CompareAndDelete</td><td>{@link #remove(Object, Object)}</td><td>update</td></tr>
 * <tr><td>Range</td><td>{@link #range}, {@link #forEach}, iterators</td><td>lookup, each step</td>
 *     </tr>
 * <tr><td>Clear</td><td>{@link #clear}</td><td>blocking, shard by shard</td></tr>
 * </table>
 *
 * <p><b>Progress.</b> A <i>lookup</i> takes no lock and stores nothing. It is wait-free while its
 * segment is quiet, and lock-free in all: it tries again while the segment is being rebuilt. An
 * <i>update</i> of a key that has a slot is lock-free unless a rebuild of its shard is under way,
 * which it then waits for. The insertion of a new key takes the lock of its shard: it waits for a
 * living owner up to {@link SyncStoreBuilder#lockTimeout}, and takes the lock over at once from a
 * dead one. No operation, growth included, pauses for more than one segment; {@link #clear} for one
 * shard at a time.
 *
 * <p><b>Threads and processes.</b> All methods are safe for use by any number of threads, virtual
 * ones too, and by all processes that have the file open. What an operation did is visible to all
 * of them when it returns. Any of them may be killed at any instruction: what was acknowledged
 * stays, the operation in flight is there completely or not at all, and the others go on.
 *
 * <p><b>Keys and values</b> are compared by their encoded bytes, see {@link StoreMap}. Null is
 * refused with {@link NullPointerException}. Keys are limited to 64 KiB, values to 256 MiB ({@link
 * IllegalArgumentException}).
 *
 * <p><b>Iteration</b> is weakly consistent, never throws {@link
 * java.util.ConcurrentModificationException}, and holds no lock during callbacks, which may call
 * anything on this store. It is no snapshot: each key that stays is delivered exactly once, with a
 * value that it had during the walk; a key that comes or goes meanwhile at most once.
 *
 * <p><b>Compound operations</b> ({@link #compute} and its like, {@link #merge}, {@link
 * #replaceAll}) are loops of compare and set: the function may run more than once, and never inside
 * a lock.
 *
 * <p><b>Errors.</b> Any method throws {@link IllegalStateException} after {@link #close}, and
 * {@link io.tophash.core.errors.CorruptStoreException} if the file is damaged where it looks. One
 * that changes something throws {@link UnsupportedOperationException} if the store was opened
 * read-only, {@link io.tophash.core.errors.StoreFullException} if it needs space that is not there,
 * and {@link io.tophash.core.errors.StoreTimeoutException} if a lock was not to be had in time; in
 * each case the entry is as it was.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
public final class SyncStore<K, V> extends StoreMap<K, V> implements ConcurrentMap<K, V> {
  /** As {@code since} of a {@linkplain #backup(Path, long) backup}: what the target holds. */
  public static final long LAST_BACKUP = -1;

  private final Attachment attachment;
  private final Entries<K, V> entries;

  SyncStore(Attachment attachment, Entries<K, V> entries) {
    super(entries, true);
    this.attachment = attachment;
    this.entries = entries;
  }

  /**
   * Begins to open a store.
   *
   * @param keys how keys are written
   * @param values how values are written
   */
  public static <K, V> SyncStoreBuilder<K, V> builder(Codec<K> keys, Codec<V> values) {
    return new SyncStoreBuilder<>(keys, values);
  }

  /** Begins to open a store of longs that is used without boxing. */
  public static LongSyncStoreBuilder longs() {
    return new LongSyncStoreBuilder();
  }

  // --- lookup ------------------------------------------------------------------------------------

  /** {@inheritDoc} sync.Map: Load. A lookup: lock-free, wait-free on a quiet segment. */
  @Override
  public V get(Object key) {
    return entries.get(key);
  }

  @Override
  public V getOrDefault(Object key, V defaultValue) {
    V value = entries.get(key);
    return value == null ? defaultValue : value;
  }

  /** {@inheritDoc} A lookup that does not decode the value. */
  @Override
  public boolean containsKey(Object key) {
    return entries.containsKey(key);
  }

  /** {@inheritDoc} A lookup; a large record, or a key in the dirty table, allocates some bytes. */
  @Override
  public int getInto(K key, ByteBuffer target) {
    return entries.getInto(key, target);
  }

  /** {@inheritDoc} A lookup; allocates nothing for a fixed one over an array or ByteBuffer. */
  @Override
  @SuppressWarnings("exports") // of an optional module
  public int getInto(K key, MutableDirectBuffer target, int offset) {
    return CallerBuffer.getInto(entries, key, target, offset);
  }

  // --- change ------------------------------------------------------------------------------------

  /** {@inheritDoc} sync.Map: Swap. An update. {@link #set}, which returns nothing, is faster. */
  @Override
  public V put(K key, V value) {
    return entries.put(key, value);
  }

  /** {@inheritDoc} sync.Map: Store. An update. */
  @Override
  public void set(K key, V value) {
    entries.set(key, value);
  }

  /**
   * Many new entries are best stored in ascending unsigned order of this number where the store is
   * larger than memory: each part of the file comes into memory once. {@link #putAll} does so by
   * itself. Allocates what encoding the key does.
   */
  public long fillOrder(K key) {
    return entries.fillOrder(key);
  }

  /** {@inheritDoc} sync.Map: LoadOrStore. A lookup if the key is present, else an update. */
  @Override
  public V putIfAbsent(K key, V value) {
    return entries.putIfAbsent(key, value);
  }

  /** {@inheritDoc} sync.Map: LoadAndDelete. An update. */
  @Override
  public V remove(Object key) {
    return entries.remove(key);
  }

  /** {@inheritDoc} sync.Map: Delete. An update. */
  @Override
  public boolean delete(K key) {
    return entries.delete(key);
  }

  /** {@inheritDoc} sync.Map: Clear. Blocking; empties one shard after the other. */
  @Override
  public void clear() {
    entries.clear();
  }

  // --- the store ---------------------------------------------------------------------------------

  /**
   * Number of entries: exact while nothing changes, else near it. Wait-free, O(shards); but after
   * an {@code Error} in an operation of this process it takes the locks of the shards in doubt
   * first, and counts them.
   */
  @Override
  public long sizeLong() {
    return entries.sizeLong();
  }

  /** {@inheritDoc} Takes time in proportion to the segments and blocks; stores nothing. */
  @Override
  public SyncStats stats() {
    return attachment.stats();
  }

  /** {@inheritDoc} Works beside writers of any process. */
  @Override
  public VerifyReport verify() {
    return attachment.verify();
  }

  /** What this object opened. */
  Attachment attachment() {
    return attachment;
  }

  @Override
  public void force() {
    attachment.force();
  }

  /** How durable changes are, as it stands in the file. Wait-free. */
  public Durability durability() {
    return attachment.durability();
  }

  /**
   * Says how durable changes shall be, for all who have the store open now or later. Takes a
   * checkpoint, so that a power cut after this finds it so.
   *
   * @throws io.tophash.core.errors.StoreException if the device refuses, now or at an earlier
   *     attempt
   * @throws io.tophash.core.errors.StoreTimeoutException if a process that is stopped holds the
   *     checkpoint up; the level holds already
   */
  public void durability(Durability level) {
    attachment.durability(level);
  }

  @Override
  public void compact() {
    attachment.compact();
  }

  /**
   * {@inheritDoc} Works beside readers and writers of any process. The copy holds the store as it
   * was at one moment: it is made of a {@link #snapshot}, so nobody waits while entries are copied.
   * Of a store that was opened read-only, and of a cache, which can take none, it holds each entry
   * as it was at one moment.
   */
  @Override
  public void backup(Path target) {
    attachment.backup(target);
  }

  /**
   * Makes a backup as {@link #backup(Path)} does, or brings one up to date: then only the segments
   * are copied, of some 64 KiB each, in which something has changed since. The file grows meanwhile
   * as for a {@link #snapshot}. A kill or a power cut in the middle leaves the target as it was, or
   * decided to become the new one: then the next call, or the next opening for writing, brings it
   * to its end. A target that was opened for writing is a store of its own, and refused from then
   * on.
   *
   * @param target of {@code since} 0: where nothing is yet. Else a backup that this method has made
   *     and that nobody has open
   * @param since number of the moment that the target holds, {@link BackupReport#checkpoint()} of
   *     the call that brought it there; 0 to make a first one; {@link #LAST_BACKUP} for whatever
   *     the target holds, a first one if it is not there
   * @return number of the moment that it holds now, and how much was copied
   * @throws UnsupportedOperationException if the store was opened read-only
   * @throws io.tophash.core.errors.StoreException if the target is there already ({@code since} 0);
   *     is of another store or moment; was changed; or was made longer than 32 backups ago, or by a
   *     state that the store has gone back from. The message says which
   */
  public BackupReport backup(Path target, long since) {
    return attachment.backup(target, since);
  }

  /**
   * What all processes change in this store, from a position on; see {@link Changes}. Level {@link
   * Durability#EACH_CHANGE}. Of a store that was opened read-only, too.
   *
   * @param from {@link #changePosition} of this store or of a snapshot, or {@link
   *     Changes#position()}
   * @throws IllegalArgumentException if it is a position of another store
   * @throws IllegalStateException if the store does not log its changes
   */
  public Changes<K, V> changes(ChangePosition from) {
    return new Changes<>(attachment, entries.keys(), entries.values(), attachment.changes(from));
  }

  /**
   * A position in the {@link #changes}: of a store, behind all that is durable now; of a snapshot,
   * behind just what it shows.
   *
   * @throws IllegalStateException if the store does not log its changes, or did not at the moment
   *     of the snapshot
   */
  public ChangePosition changePosition() {
    return attachment.changePosition();
  }

  /**
   * How much of the log is kept for who follows the {@link #changes}: the newest so many bytes of
   * its files, rounded up to 16 MiB; 64 MiB unless set. A process that opens the store alone begins
   * a file. Stands in the store, for all processes. Waits for the device.
   *
   * @param bytes from 0, nothing, to 8 GiB
   * @throws IllegalArgumentException if it is not within these
   */
  public void keepChanges(long bytes) {
    attachment.keepChanges(bytes);
  }

  /**
   * The whole store as it is at one moment of this call, read-only: a store of its own, with all
   * lookups, iteration, {@link #sizeLong}, {@link #verify} and {@link #backup}, which stays as it
   * is while all processes go on changing this one. Nobody waits for its reader.
   *
   * <p>Blocking: writers wait while all shards are cut, less than a millisecond as a rule. From
   * then on the first change of each segment copies it, and what is replaced is kept: so the file
   * may grow to twice what the store holds, and a full one may refuse changes. {@link #close} of
   * the snapshot, needed even if this store is closed before, gives that back, for which it may
   * wait for the device as {@link #force} does. If the process dies, its snapshots end.
   *
   * @throws UnsupportedOperationException if the store was opened read-only, or is a cache
   * @throws io.tophash.core.errors.StoreTimeoutException if a process does not let go of a shard,
   *     or takes a checkpoint for too long
   */
  public SyncStore<K, V> snapshot() {
    Attachment then = attachment.snapshot();
    return new SyncStore<>(then, then.entries(entries.keys().codec(), entries.values().codec()));
  }

  @Override
  public Path path() {
    return attachment.path();
  }

  /** True if the store was opened read-only. */
  public boolean isReadOnly() {
    return attachment.isReadOnly();
  }

  @Override
  public boolean isClosed() {
    return attachment.isClosed();
  }

  /**
   * Ends the use of the store by this object; who else has it open, in this process too, is not
   * concerned. An operation that is under way in another thread ends as if it had come first, or
   * with {@link IllegalStateException}. A second call does nothing.
   */
  @Override
  public void close() {
    attachment.close();
  }
}
