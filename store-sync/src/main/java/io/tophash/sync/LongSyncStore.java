package io.tophash.sync;

import io.tophash.core.LongHashStore.LongLongVisitor;
import io.tophash.core.LongLongConsumer;
import io.tophash.core.Store;
import io.tophash.core.VerifyReport;
import io.tophash.core.codec.Codecs;
import io.tophash.sync.entry.InlineTable;
import io.tophash.sync.entry.InlineWalk;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A {@link SyncStore} of longs, used without boxing. Same file, same guarantees, same progress of
 * each method (lookup, update, insertion), same errors; {@link #asMap} gives the boxed view of the
 * same store. The value of a present key is one word in the file, and every change of it is one
 * compare and set: {@link #addAndGet} from any number of processes loses nothing.
 *
 * <p>An absent key is answered with the missing value that the builder was given (0 by default). As
 * that number may also be stored, {@link #containsKey} or {@link #getOrDefault} tell the two apart.
 */
public final class LongSyncStore implements Store {
  private final Attachment attachment;
  private final InlineTable table;
  private final SyncStore<Long, Long> map;
  private final long missing;

  LongSyncStore(Attachment attachment, long missing) {
    this.attachment = attachment;
    this.table = attachment.longs();
    this.map = new SyncStore<>(attachment, attachment.entries(Codecs.int64(), Codecs.int64()));
    this.missing = missing;
  }

  // --- lookup ------------------------------------------------------------------------------------

  /** The value of a key, or the missing value. sync.Map: Load. A lookup. */
  public long get(long key) {
    return table.get(key, missing);
  }

  /** The value of a key, or the given one if it is absent. A lookup. */
  public long getOrDefault(long key, long defaultValue) {
    return table.get(key, defaultValue);
  }

  /** True if the key is present. A lookup. */
  public boolean containsKey(long key) {
    return table.containsKey(key);
  }

  /**
   * Looks up many keys at once, with overlapping cache misses. Each is a lookup of its own, so the
   * values are no snapshot.
   *
   * @param keys the keys
   * @param values takes the value of each key at the same index
   * @param missingValue what stands there for an absent key
   * @return how many keys were present
   * @throws IllegalArgumentException if {@code values} is shorter than {@code keys}
   */
  public int getAll(long[] keys, long[] values, long missingValue) {
    if (values.length < keys.length) {
      throw new IllegalArgumentException(
          "values must be as long as keys, keys=" + keys.length + " values=" + values.length);
    }
    return table.getAll(keys, values, missingValue);
  }

  // --- change ------------------------------------------------------------------------------------

  /**
   * Stores many values, with overlapping cache misses. Each is an update of its own. Less than
   * 16,384 are stored in the order of the arrays, and if one fails, those before it are stored; of
   * more, pieces of 262,144 are stored in turn, each in the order in which it stands in the file,
   * so that a store larger than memory brings each part of it back once for each piece: if one
   * fails, the pieces before it are stored, and some of its own. At level {@link
   * Durability#EACH_CHANGE} all that are stored are on the device when this returns or throws, with
   * one wait for all of them.
   *
   * @param keys the keys; of a key that is there twice, the later value is kept
   * @param values the value of each key at the same index
   * @throws IllegalArgumentException if the arrays are not of one length
   */
  public void putAll(long[] keys, long[] values) {
    if (values.length != keys.length) {
      throw new IllegalArgumentException(
          "there must be one value for each key, keys=" + keys.length + " values=" + values.length);
    }
    table.putAll(keys, values);
  }

  /**
   * Stores a value. sync.Map: Swap. An update.
   *
   * @return the previous value, or the missing value
   */
  public long put(long key, long value) {
    return table.put(key, value, missing);
  }

  /** Stores a value without returning the previous one. sync.Map: Store. An update. */
  public void set(long key, long value) {
    table.set(key, value);
  }

  /**
   * Stores a value if the key is absent. sync.Map: LoadOrStore. A lookup if it is present, else an
   * update.
   *
   * @return the value that was there and stays, or the missing value
   */
  public long putIfAbsent(long key, long value) {
    return table.putIfAbsent(key, value, missing);
  }

  /**
   * Removes a key. sync.Map: LoadAndDelete. An update.
   *
   * @return its value, or the missing value
   */
  public long remove(long key) {
    return table.remove(key, missing);
  }

  /**
   * Removes a key without returning its value. sync.Map: Delete. An update.
   *
   * @return true if it was there
   */
  public boolean delete(long key) {
    return table.delete(key);
  }

  /**
   * Removes a key if it has this value. sync.Map: CompareAndDelete. An update.
   *
   * @return true if it was removed
   */
  public boolean remove(long key, long expected) {
    return table.removeIf(key, expected);
  }

  /**
   * Compares and sets: stores a value if the key has the expected one. sync.Map: CompareAndSwap. An
   * update.
   *
   * @return true if it was stored
   */
  public boolean replace(long key, long expected, long value) {
    return table.replace(key, expected, value);
  }

  /**
   * Adds to the value of a key; an absent key counts as 0. An update.
   *
   * @return the new value
   */
  public long addAndGet(long key, long delta) {
    return table.addAndGet(key, delta);
  }

  /**
   * Adds to the value of a key; an absent key counts as 0. An update.
   *
   * @return the previous value, 0 if there was none
   */
  public long getAndAdd(long key, long delta) {
    return table.getAndAdd(key, delta);
  }

  /** Removes all entries, as {@link SyncStore#clear}. sync.Map: Clear. */
  public void clear() {
    table.clear();
  }

  // --- iteration ---------------------------------------------------------------------------------

  /**
   * Calls the visitor with each entry until it returns false, under the rules of iteration of
   * {@link SyncStore}. sync.Map: Range.
   */
  public void range(LongLongVisitor visitor) {
    Objects.requireNonNull(visitor, "visitor");
    InlineWalk walk = table.newWalk();
    while (walk.advance()) {
      if (!visitor.visit(walk.key(), walk.value())) {
        return;
      }
    }
  }

  /** Calls the action with each entry, as {@link #range}. */
  public void forEach(LongLongConsumer action) {
    Objects.requireNonNull(action, "action");
    InlineWalk walk = table.newWalk();
    while (walk.advance()) {
      action.accept(walk.key(), walk.value());
    }
  }

  // --- the store ---------------------------------------------------------------------------------

  /** The boxed view of this store: changes to one are changes to the other. */
  public SyncStore<Long, Long> asMap() {
    return map;
  }

  /** The missing value. */
  public long missingValue() {
    return missing;
  }

  /** Number of entries, as {@link SyncStore#sizeLong}. */
  @Override
  public long sizeLong() {
    return table.sizeLong();
  }

  /** True if there is no entry. */
  public boolean isEmpty() {
    return sizeLong() == 0;
  }

  @Override
  public SyncStats stats() {
    return attachment.stats();
  }

  /** {@inheritDoc} Works beside writers of any process. */
  @Override
  public VerifyReport verify() {
    return attachment.verify();
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
   * was at one moment, and nobody waits: see {@link SyncStore#backup(Path)}.
   */
  @Override
  public void backup(Path target) {
    attachment.backup(target);
  }

  /** Makes a backup that later calls bring up to date: see {@link SyncStore#backup(Path, long)}. */
  public BackupReport backup(Path target, long since) {
    return attachment.backup(target, since);
  }

  /** The store as it is at one moment, read-only: see {@link SyncStore#snapshot}. */
  public LongSyncStore snapshot() {
    return new LongSyncStore(attachment.snapshot(), missing);
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

  /** As {@link SyncStore#close}. */
  @Override
  public void close() {
    attachment.close();
  }
}
