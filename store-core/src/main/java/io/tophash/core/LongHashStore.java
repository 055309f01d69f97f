package io.tophash.core;

import io.tophash.core.table.ChainCursor;
import io.tophash.core.table.LongLookup;
import io.tophash.core.table.Table;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A {@link HashStore} of longs, used without boxing. Same file, same guarantees, same rules for
 * threads; {@link #asMap} gives the boxed view of the same store.
 *
 * <p>An absent key is answered with the missing value that the builder was given (0 by default). As
 * that number may also be stored, {@link #containsKey} or {@link #getOrDefault} tell the two apart.
 */
public final class LongHashStore implements Store {
  /** Takes an entry of longs. */
  @FunctionalInterface
  public interface LongLongVisitor {
    /**
     * Takes one entry.
     *
     * @return false to end the walk
     */
    boolean visit(long key, long value);
  }

  private final HashStore<Long, Long> map;
  private final StoreEngine engine;
  private final Table table;
  private final LongLookup lookup;
  private final long missing;

  LongHashStore(HashStore<Long, Long> map, long missing) {
    this.map = map;
    this.engine = map.engine;
    this.table = engine.table;
    this.lookup = new LongLookup(table);
    this.missing = missing;
  }

  /** The value of a key, or the missing value. */
  public long get(long key) {
    return getOrDefault(key, missing);
  }

  /** The value of a key, or the given one if it is absent. */
  public long getOrDefault(long key, long defaultValue) {
    engine.beginRead();
    try {
      long value = lookup.get(key, defaultValue);
      engine.memory.keepAlive();
      return value;
    } catch (IndexOutOfBoundsException e) {
      throw engine.explain(e);
    }
  }

  /** True if the key is present. */
  public boolean containsKey(long key) {
    engine.beginRead();
    try {
      boolean found = find(key) != Table.ABSENT;
      engine.memory.keepAlive();
      return found;
    } catch (IndexOutOfBoundsException e) {
      throw engine.explain(e);
    }
  }

  private long find(long key) {
    return table.findLong(key, table.hash().ofLong(key));
  }

  /**
   * Looks up many keys at once, with overlapping cache misses.
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
    engine.beginRead();
    try {
      int found = lookup.getAll(keys, values, missingValue);
      engine.memory.keepAlive();
      return found;
    } catch (IndexOutOfBoundsException e) {
      throw engine.explain(e);
    }
  }

  private enum Operation {
    PUT,
    ADD,
    REMOVE
  }

  /**
   * Stores a value.
   *
   * @return the previous value, or the missing value
   */
  public long put(long key, long value) {
    return change(Operation.PUT, key, value);
  }

  /**
   * Adds to the value of a key; an absent key counts as 0.
   *
   * @return the new value
   */
  public long addAndGet(long key, long delta) {
    return change(Operation.ADD, key, delta);
  }

  /**
   * Removes a key.
   *
   * @return its value, or the missing value
   */
  public long remove(long key) {
    return change(Operation.REMOVE, key, 0);
  }

  private long change(Operation operation, long key, long operand) {
    engine.beginWrite();
    try {
      long result = changeLocked(operation, key, operand);
      engine.endWrite();
      return result;
    } catch (Throwable e) {
      engine.state = StoreEngine.FAILED;
      throw engine.settle(e);
    }
  }

  private long changeLocked(Operation operation, long key, long operand) {
    long keyHash = table.hash().ofLong(key);
    engine.growth.workIfRoom(keyHash);
    long found = table.findLong(key, keyHash);
    if (found == Table.ABSENT) {
      if (operation == Operation.REMOVE) {
        return missing;
      }
      engine.growth.beforeInsert(keyHash);
      engine.assigner.insert(keyHash, key, null, operand, null);
      engine.growth.prepare();
      return operation == Operation.PUT ? missing : operand;
    }
    long previous = lookup.value(found);
    switch (operation) {
      case PUT:
        engine.assigner.overwriteWord(found, operand);
        return previous;
      case ADD:
        engine.assigner.overwriteWord(found, previous + operand);
        return previous + operand;
      default:
        engine.assigner.deleteEntry(found, keyHash);
        return previous;
    }
  }

  /**
   * Calls the visitor with each entry until it returns false, under the rules of iteration of
   * {@link HashStore}.
   */
  public void range(LongLongVisitor visitor) {
    Objects.requireNonNull(visitor, "visitor");
    engine.beginIterate();
    ChainCursor cursor = new ChainCursor(table, ThreadLocalRandom.current().nextLong());
    long[] keys = new long[64];
    while (nextChain(cursor)) {
      int n = cursor.size();
      if (keys.length < n) {
        keys = new long[2 * n];
      }
      for (int i = 0; i < n; i++) {
        keys[i] = lookup.key(cursor.cell(i));
      }
      if (!visitChain(cursor, keys, visitor)) {
        return;
      }
    }
  }

  private boolean nextChain(ChainCursor cursor) {
    engine.beginIterate();
    try {
      return cursor.next();
    } catch (IndexOutOfBoundsException e) {
      throw engine.explain(e);
    }
  }

  private boolean visitChain(ChainCursor cursor, long[] keys, LongLongVisitor visitor) {
    int n = cursor.size();
    long stamp = table.modifications();
    for (int i = 0; i < n; i++) {
      long found = cursor.cell(i);
      if (stamp != table.modifications()) {
        // Something came, went or moved meanwhile: what was found before may be elsewhere, or gone.
        engine.beginIterate();
        found = find(keys[i]);
      }
      if (found != Table.ABSENT && !visitor.visit(keys[i], lookup.value(found))) {
        return false;
      }
    }
    return true;
  }

  /** The boxed view of this store: changes to one are changes to the other. */
  public HashStore<Long, Long> asMap() {
    return map;
  }

  /** The missing value. */
  public long missingValue() {
    return missing;
  }

  @Override
  public long sizeLong() {
    return map.sizeLong();
  }

  /** True if there is no entry. */
  public boolean isEmpty() {
    return map.isEmpty();
  }

  /** Removes all entries, as {@link HashStore#clear}. */
  public void clear() {
    map.clear();
  }

  @Override
  public HashStats stats() {
    return map.stats();
  }

  @Override
  public VerifyReport verify() {
    return map.verify();
  }

  /**
   * {@inheritDoc} When this returns, all is on the device, and a power cut before the next change
   * takes nothing away. What is changed later is written back in any order: a power cut in the
   * middle of that leaves a file that the next open verifies, and refuses if pages are missing, the
   * forced ones among them. To keep a state whatever comes later, {@link #backup} it to a new file.
   */
  @Override
  public void force() {
    map.force();
  }

  @Override
  public void compact() {
    map.compact();
  }

  @Override
  public void backup(Path target) {
    map.backup(target);
  }

  @Override
  public Path path() {
    return map.path();
  }

  @Override
  public boolean isClosed() {
    return map.isClosed();
  }

  @Override
  public void close() {
    map.close();
  }
}
