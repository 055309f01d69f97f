package io.tophash.jcache;

import io.tophash.cache.TophashCache;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.cache.Cache;
import javax.cache.integration.CacheWriter;
import javax.cache.integration.CacheWriterException;

/**
 * The one way in which entries change: look, decide, write through, compare and set. The decision
 * is taken again if another thread or process came between, so each change is atomic for its key,
 * in all processes. Listeners are told afterwards. Thread-safe.
 */
final class Changes<K, V> {
  private final Supplier<TophashCache<K, V>> cache;
  private final PolicyExpiry<K, V> expiry;
  private final CacheWriter<? super K, ? super V> writer;
  private final Listeners<K, V> listeners;
  private final KeyLocks locks;

  /**
   * @param expiry null if nothing expires
   * @param writer null if the cache does not write through
   */
  Changes(
      Supplier<TophashCache<K, V>> cache,
      PolicyExpiry<K, V> expiry,
      CacheWriter<? super K, ? super V> writer,
      Listeners<K, V> listeners) {
    this.cache = cache;
    this.expiry = expiry;
    this.writer = writer;
    this.listeners = listeners;
    this.locks = writer == null ? null : new KeyLocks();
  }

  /** Thrown by a decision that leaves the entry as it is. */
  static final class Keep extends RuntimeException {
    static final Keep INSTANCE = new Keep();
    private static final long serialVersionUID = 1L;

    private Keep() {
      super(null, null, false, false);
    }
  }

  /** What a change has done. */
  static final class Outcome<V> {
    private V before;
    private V after;
    private boolean changed;
    private boolean expiredAtOnce;

    /** The live value that was there, null if none was. */
    V before() {
      return before;
    }

    boolean existed() {
      return before != null;
    }

    /** True if the entry is there with a value that was stored. */
    boolean stored() {
      return changed && after != null && !expiredAtOnce;
    }

    boolean removed() {
      return changed && after == null && before != null;
    }

    boolean changed() {
      return changed;
    }
  }

  /** True if a value can be stored without a look at what is there. */
  boolean isPlain() {
    return writer == null && !listeners.any();
  }

  /** Stores a value where nobody needs to know what was there; true if it is there now. */
  boolean set(K key, V value) {
    cache.get().put(key, value);
    return expiry == null || !expiry.hasExpiredAtOnce();
  }

  /** Removes an entry where nobody needs to know what it was; true if there was one. */
  boolean delete(K key) {
    return cache.get().asMap().keySet().remove(key);
  }

  /**
   * Changes an entry.
   *
   * @param decide from the live value (or null) to the new one, or null to remove it; throws {@link
   *     Keep} to change nothing
   */
  Outcome<V> change(K key, UnaryOperator<V> decide) {
    Outcome<V> outcome = new Outcome<>();
    locked(List.of(key), () -> change(key, decide, outcome));
    tell(key, outcome);
    return outcome;
  }

  private void change(K key, UnaryOperator<V> decide, Outcome<V> outcome) {
    clearExpiredAtOnce();
    try {
      cache
          .get()
          .asMap()
          .compute(
              key,
              (k, live) -> {
                outcome.before = live;
                outcome.after = decide.apply(live);
                return outcome.after;
              });
      outcome.changed = outcome.before != null || outcome.after != null;
      outcome.expiredAtOnce = clearExpiredAtOnce();
    } catch (Keep keep) {
      outcome.changed = false;
    }
  }

  private boolean clearExpiredAtOnce() {
    return expiry != null && expiry.hasExpiredAtOnce();
  }

  private void tell(K key, Outcome<V> outcome) {
    if (!outcome.changed || !listeners.any()) {
      return;
    }
    if (outcome.after == null) {
      listeners.removed(key, outcome.before);
    } else if (outcome.before != null) {
      listeners.updated(key, outcome.after, outcome.before);
    } else if (!outcome.expiredAtOnce) {
      listeners.created(key, outcome.after);
    }
  }

  /** Counts as a read, as far as the expiry is concerned. */
  void touch(K key) {
    if (expiry != null && expiry.readsCount()) {
      cache.get().getIfPresent(key);
    }
  }

  // --- write through -----------------------------------------------------------------------------

  /** A decision to store a value, which the writer gets first. */
  V written(K key, V value) {
    if (writer != null) {
      call(() -> writer.write(new JCacheEntry<>(key, value)));
    }
    return value;
  }

  /** Tells the writer that a key is removed. */
  void writeDeletion(K key) {
    if (writer != null) {
      call(() -> writer.delete(key));
    }
  }

  private static void call(Runnable write) {
    try {
      write.run();
    } catch (CacheWriterException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new CacheWriterException("the writer failed; the entry is as it was", e);
    }
  }

  /** Hands many values to the writer; what it has written is then stored. */
  void writeAll(Map<? extends K, ? extends V> values, Consumer<Map.Entry<K, V>> store) {
    Map<K, V> all = new LinkedHashMap<>(values);
    if (writer == null) {
      all.entrySet().forEach(store);
      return;
    }
    List<Cache.Entry<? extends K, ? extends V>> entries = new ArrayList<>();
    all.forEach((key, value) -> entries.add(new JCacheEntry<>(key, value)));
    locked(
        all.keySet(),
        () -> {
          CacheWriterException failure = null;
          try {
            callAll(() -> writer.writeAll(cast(entries)));
            entries.clear();
          } catch (CacheWriterException e) {
            failure = e;
          }
          // What is left in the collection is what was not written.
          entries.forEach(entry -> all.remove(entry.getKey()));
          all.entrySet().forEach(store);
          if (failure != null) {
            throw failure;
          }
        });
  }

  // The writer takes a collection of entries of K and V, as which it sees its own supertypes.
  @SuppressWarnings({"unchecked", "rawtypes"})
  private static <T> T cast(Collection<?> entries) {
    return (T) (Collection) entries;
  }

  /** Tells the writer that many keys are removed; those that it has removed are then removed. */
  void deleteAll(Set<? extends K> keys, Consumer<K> remove) {
    if (writer == null) {
      keys.forEach(remove);
      return;
    }
    List<Object> left = new ArrayList<>(keys);
    List<K> all = new ArrayList<>(keys);
    locked(
        all,
        () -> {
          CacheWriterException failure = null;
          try {
            if (!left.isEmpty()) {
              callAll(() -> writer.deleteAll(left));
            }
            left.clear();
          } catch (CacheWriterException e) {
            failure = e;
          }
          all.removeAll(left);
          all.forEach(remove);
          if (failure != null) {
            throw failure;
          }
        });
  }

  private static void callAll(Runnable write) {
    try {
      write.run();
    } catch (CacheWriterException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new CacheWriterException("the writer failed for some of the entries", e);
    }
  }

  private void locked(Collection<?> keys, Runnable action) {
    if (locks == null) {
      action.run();
    } else {
      locks.with(keys, action);
    }
  }
}
