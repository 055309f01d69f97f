package io.tophash.cache;

import io.tophash.sync.CacheStore;
import io.tophash.sync.SyncStore;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The entries of a cache by what counts as present. Everything that depends on what is there is a
 * loop of compare and set over the store, with the very bytes that were seen; so an operation takes
 * effect at one store, or at the lookup that found nothing to do. Thread-safe.
 */
final class Entries<K, V> {
  private static final int MANY_IN_VAIN = 100;

  private final CacheStore<K, Stored> cache;
  private final SyncStore<K, Stored> store;
  private final StoredCodec<V> codec;
  private final Lifetimes<K, V> lifetimes;
  private final InstantSource clock;
  private final Removals<K, V> removals;
  private final Tags<K> tags;
  private final Function<Object, byte[]> behindHead;
  // False if that would be in vain for what is stored here, as each such lookup is made twice.
  private boolean readsBehindHead;
  // How often it was; by a race, as it need not be exact.
  private int readInVain;

  Entries(
      CacheStore<K, Stored> cache,
      StoredCodec<V> codec,
      Lifetimes<K, V> lifetimes,
      InstantSource clock,
      Removals<K, V> removals,
      Tags<K> tags) {
    this.cache = cache;
    this.store = cache.store();
    this.codec = codec;
    this.lifetimes = lifetimes;
    this.clock = clock;
    this.removals = removals;
    this.tags = tags;
    this.behindHead = cache.readBehind(word -> Stored.headBytes(word, clock));
    this.readsBehindHead = !lifetimes.readsCount();
  }

  CacheStore<K, Stored> cache() {
    return cache;
  }

  SyncStore<K, Stored> store() {
    return store;
  }

  Removals<K, V> removals() {
    return removals;
  }

  Tags<K> tags() {
    return tags;
  }

  boolean isReadOnly() {
    return store.isReadOnly();
  }

  void checkWritable() {
    if (isReadOnly()) {
      throw new UnsupportedOperationException("the cache was opened read-only");
    }
  }

  long now() {
    return clock.millis();
  }

  // --- lookup ------------------------------------------------------------------------------------

  /** What stands in the file under a key, be it present or not; null if nothing does. */
  Stored raw(Object key) {
    return store.get(key);
  }

  /** True if what stands in the file is a present entry. */
  boolean isLive(Stored stored) {
    return stored != null && (stored.isPlain() || isPresent(stored));
  }

  private boolean isPresent(Stored stored) {
    if (stored.isExpiring()) {
      return stored.keptUntil() > now();
    }
    return !stored.isLease()
        && (stored.expires() == Times.NEVER || stored.expires() > now())
        && isTagValid(stored);
  }

  private boolean isTagValid(Stored stored) {
    return !stored.hasTag() || stored.isTag(cache.tag(stored.tagIndex()));
  }

  /**
   * The expired entry that may be served if a loader fails, of what stands in the file; or null.
   */
  Stored stale(Stored stored) {
    Stored kept = stored != null && stored.isLease() ? stored.beforeLease() : stored;
    return kept != null && kept.keptUntil() > now() && isTagValid(kept) ? kept : null;
  }

  /**
   * The value of a present entry alone, encoded, copied once.
   *
   * @return null if there is none; {@link CacheStore#UNDECIDED} if the entry is to be read
   */
  byte[] value(Object key) {
    return readsBehindHead ? behindHead.apply(key) : CacheStore.UNDECIDED;
  }

  V decode(byte[] value) {
    return codec.decode(value);
  }

  /** The present entry where {@link #value} was undecided; null if there is none. */
  Stored peekWhole(Object key) {
    Stored stored = peek(key);
    if (readsBehindHead && stored != null && !stored.isPlain() && !stored.isExpiring()) {
      readsBehindHead = ++readInVain < MANY_IN_VAIN;
    }
    return stored;
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

  /** A value as it is to be stored now; null if it would have expired at once. */
  Stored encode(K key, V value, PutOptions options, Stored previous) {
    // The word before the value is stored: an invalidation from here on counts.
    return encode(key, value, options, previous, tags.now(key, options));
  }

  /** The same with a tag's word that was read before the value was made, see {@link Tags}. */
  Stored encode(K key, V value, PutOptions options, Stored previous, long tag) {
    Objects.requireNonNull(value, "value");
    long now = now();
    long expires = lifetimes.ofWrite(key, value, options, previous, now);
    if (expires <= now) {
      return null;
    }
    return codec.encode(value, expires, now, lifetimes.staleMs(), tag);
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
  Stored putIfAbsent(K key, V value) {
    return putIfAbsent(key, value, tags.now(key, PutOptions.none()));
  }

  /** The same with a tag's word that was read before the value was made. */
  Stored putIfAbsent(K key, V value, long tag) {
    Objects.requireNonNull(value, "value");
    while (true) {
      Stored seen = raw(key);
      if (isLive(seen)) {
        return seen;
      }
      if (change(key, seen, encode(key, value, PutOptions.none(), null, tag))) {
        return null;
      }
    }
  }

  /** Removes a key; returns its live entry, null if there was none. */
  Stored remove(K key) {
    return gone(key, store.remove(key), RemovalCause.EXPLICIT);
  }

  /**
   * Stores what a loader made of the entry that was seen; false if another came between. It keeps
   * the tag with its word: if that was invalidated meanwhile, this goes, too.
   */
  boolean reloaded(K key, Stored seen, V value) {
    long tag = seen.hasTag() ? seen.tag() : Tags.NONE;
    return change(key, seen, encode(key, value, PutOptions.none(), seen, tag));
  }

  /** Stores a value in place of the live entry that was seen; false if another came between. */
  boolean replace(K key, Stored seen, V value) {
    return change(key, seen, encode(key, value, PutOptions.none(), seen));
  }

  /**
   * The step of each loop: true if it is done, false if another one came between.
   *
   * @param seen what stood in the file, present or not; null if nothing did
   * @param next null to remove it
   */
  boolean change(K key, Stored seen, Stored next) {
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
    removals.drain();
    if (stored == null || stored.isLease()) {
      return null;
    }
    boolean live = isLive(stored);
    if (removals.isHeard()) {
      boolean invalidated = !live && stored.expires() > now();
      removals.removed(
          key, stored, live ? cause : invalidated ? RemovalCause.EXPLICIT : RemovalCause.EXPIRED);
    }
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
      if (change(key, seen, null)) {
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
    if (!seen.lacksWritten()) {
      return cache.expire(key, seen.bytes(), seen.withExpires(expires));
    }
    return expires >= Times.NEVER
        || store.replace(key, seen, new Stored(seen.withWritten(expires)));
  }

  /** Claims the refresh of an entry for this process; null if another one came between. */
  Stored claim(K key, Stored seen) {
    long word = seen.withClaim(cache.claim());
    return cache.expire(key, seen.bytes(), word) ? seen.with(word) : null;
  }

  /** Gives a claim up. */
  void giveUp(K key, Stored claimed) {
    cache.expire(key, claimed.bytes(), claimed.withClaim(0));
  }
}
