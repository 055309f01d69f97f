package io.tophash.cache;

import io.tophash.sync.SyncStore;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.BiFunction;

/**
 * The entries of a cache by what counts as present. Everything that depends on what is there is a
 * loop of compare and set over the store, with the very bytes that were seen; so an operation takes
 * effect at one store, or at the lookup that found nothing to do. Thread-safe.
 */
final class Entries<K, V> {
  private final SyncStore<K, Stored> store;
  private final StoredCodec<V> codec;
  private final Lifetimes<K, V> lifetimes;
  private final InstantSource clock;
  private final Removals<K, V> removals;
  private final Counters counters;

  Entries(
      SyncStore<K, Stored> store,
      StoredCodec<V> codec,
      Lifetimes<K, V> lifetimes,
      InstantSource clock,
      Removals<K, V> removals,
      Counters counters) {
    this.store = store;
    this.codec = codec;
    this.lifetimes = lifetimes;
    this.clock = clock;
    this.removals = removals;
    this.counters = counters;
  }

  SyncStore<K, Stored> store() {
    return store;
  }

  /** True if somebody wants to know what is removed. */
  boolean isHeard() {
    return removals.isHeard();
  }

  boolean isReadOnly() {
    return store.isReadOnly();
  }

  long now() {
    return clock.millis();
  }

  // --- lookup ------------------------------------------------------------------------------------

  /** What stands in the file under a key, be it expired or not; null if nothing does. */
  Stored raw(Object key) {
    return store.get(key);
  }

  boolean isLive(Stored stored) {
    return stored != null && isLive(stored, stored.expires() == Times.NEVER ? 0 : now());
  }

  private static boolean isLive(Stored stored, long now) {
    return stored != null && stored.expires() > now;
  }

  /** The present entry, null if there is none; no read as far as the expiry is concerned. */
  Stored peek(Object key) {
    Stored stored = store.get(key);
    return isLive(stored) ? stored : null;
  }

  V decode(Stored stored) {
    return stored == null ? null : codec.decode(stored);
  }

  /** The value of a present entry that is read now. */
  V read(K key, Stored stored) {
    V value = codec.decode(stored);
    if (lifetimes.readsCount() && !isReadOnly()) {
      long now = now();
      long expires = lifetimes.ofRead(key, value, stored, now);
      if (expires != stored.expires()) {
        expireAt(key, stored, expires, now);
      }
    }
    return value;
  }

  /** Reads a key: the value, null if it is absent. */
  V get(K key) {
    Stored stored = peek(key);
    return stored == null ? null : read(key, stored);
  }

  // --- change ------------------------------------------------------------------------------------

  private Stored encode(K key, V value, PutOptions options, Stored previous) {
    Objects.requireNonNull(value, "value");
    long now = now();
    long expires = lifetimes.ofWrite(key, value, options, previous, now);
    return expires <= now ? null : codec.encode(value, expires, now, lifetimes.staleMs());
  }

  /** Stores a value; returns the live entry that it replaced. */
  Stored put(K key, V value, PutOptions options) {
    Stored seen = lifetimes.looksAtPrevious() ? peek(key) : null;
    Stored next = encode(key, value, options, seen);
    Stored previous = next == null ? store.remove(key) : store.put(key, next);
    return gone(key, previous, RemovalCause.REPLACED);
  }

  /** The same where the previous value matters to nobody. */
  void set(K key, V value, PutOptions options) {
    if (removals.isHeard() || lifetimes.looksAtPrevious()) {
      put(key, value, options);
      return;
    }
    Stored next = encode(key, value, options, null);
    if (next == null) {
      store.delete(key);
    } else {
      store.set(key, next);
    }
  }

  /** Stores a value if the key is absent; returns the present entry, null if it was absent. */
  Stored putIfAbsent(K key, V value, PutOptions options) {
    Objects.requireNonNull(value, "value");
    while (true) {
      Stored seen = raw(key);
      if (isLive(seen)) {
        return seen;
      }
      if (change(key, seen, encode(key, value, options, null))) {
        return null;
      }
    }
  }

  /** Removes a key; returns its live entry, null if there was none. */
  Stored remove(K key) {
    return gone(key, store.remove(key), RemovalCause.EXPLICIT);
  }

  /** Stores a value in place of the live entry that was seen; false if another came between. */
  boolean replace(K key, Stored seen, V value) {
    return change(key, seen, encode(key, value, PutOptions.none(), seen));
  }

  /** Removes the entry that was seen; false if another came between. */
  boolean remove(K key, Stored seen) {
    return change(key, seen, null);
  }

  /**
   * The step of each loop: true if it is done, false if another one came between.
   *
   * @param seen what stood in the file, expired or not; null if nothing did
   * @param next null to remove it
   */
  private boolean change(K key, Stored seen, Stored next) {
    if (seen == null) {
      return next == null || store.putIfAbsent(key, next) == null;
    }
    boolean changed = next == null ? store.remove(key, seen) : store.replace(key, seen, next);
    if (changed) {
      gone(key, seen, next == null ? RemovalCause.EXPLICIT : RemovalCause.REPLACED);
    }
    return changed;
  }

  /** Says that an entry is gone; returns it if it was live. */
  private Stored gone(K key, Stored stored, RemovalCause cause) {
    if (stored == null) {
      return null;
    }
    boolean live = isLive(stored);
    if (!live) {
      counters.expired();
    }
    removals.removed(key, stored, live ? cause : RemovalCause.EXPIRED);
    return live ? stored : null;
  }

  /** compute, computeIfPresent: the function may run again if another one came between. */
  V compute(K key, boolean ifPresent, BiFunction<? super K, ? super V, ? extends V> function) {
    while (true) {
      Stored seen = raw(key);
      Stored live = isLive(seen) ? seen : null;
      if (live == null && ifPresent) {
        return null;
      }
      V value = function.apply(key, decode(live));
      if (value == null) {
        if (live == null || change(key, seen, null)) {
          return null;
        }
      } else if (change(key, seen, encode(key, value, PutOptions.none(), live))) {
        return value;
      }
    }
  }

  /** Removes the key if it has this value. */
  boolean removeValue(K key, V value) {
    byte[] expected = codec.encodeValue(value);
    while (true) {
      Stored seen = peek(key);
      if (seen == null || !seen.isValue(expected)) {
        return false;
      }
      if (remove(key, seen)) {
        return true;
      }
    }
  }

  /** Replaces the value if the key has the expected one. */
  boolean replaceValue(K key, V expected, V value) {
    byte[] bytes = codec.encodeValue(expected);
    Objects.requireNonNull(value, "value");
    while (true) {
      Stored seen = peek(key);
      if (seen == null || !seen.isValue(bytes)) {
        return false;
      }
      if (replace(key, seen, value)) {
        return true;
      }
    }
  }

  // --- time --------------------------------------------------------------------------------------

  /** Moves the end of an entry that was seen; false if another came between. */
  boolean expireAt(K key, Stored seen, long expires, long now) {
    if (expires <= now) {
      return change(key, seen, null);
    }
    return store.replace(key, seen, seen.withExpires(expires));
  }

  /** Removes an entry of a walk if it is of no use any more; true if it was. */
  boolean removeIfOver(K key, Stored stored, long now) {
    if (stored.keptUntil() > now || !store.remove(key, stored)) {
      return false;
    }
    gone(key, stored, RemovalCause.EXPIRED);
    return true;
  }
}
