package io.tophash.sync.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tophash.core.CrashStores;
import io.tophash.core.VerifyReport;
import io.tophash.core.hash.KeyHash;
import io.tophash.sync.Change;
import io.tophash.sync.ChangePosition;
import io.tophash.sync.Changes;
import io.tophash.sync.SyncCrashStores;
import io.tophash.sync.SyncStats;
import io.tophash.sync.SyncStore;
import io.tophash.sync.format.HashBits;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * A store of either kind, seen as a map of numbers. A record's value is made from its number, which
 * says its length too, so a torn one does not go unnoticed.
 *
 * @param <K> type of the keys of the store
 * @param <V> type of its values
 */
final class Target<K, V> implements AutoCloseable {
  /** The two kinds of segments. */
  enum Kind {
    LONGS,
    RECORDS
  }

  private static final long PER_BYTE = 1_000_000;

  final SyncStore<K, V> store;
  private final Function<Long, K> key;
  private final Function<K, Long> number;
  private final Function<Long, V> encode;
  private final Function<V, Long> decode;

  private Target(
      SyncStore<K, V> store,
      Function<Long, K> key,
      Function<K, Long> number,
      Function<Long, V> encode,
      Function<V, Long> decode) {
    this.store = store;
    this.key = key;
    this.number = number;
    this.encode = encode;
    this.decode = decode;
  }

  static Target<?, ?> open(Kind kind, Path path, int shards) {
    return open(kind, path, shards, false, Duration.ofSeconds(10));
  }

  static Target<?, ?> open(
      Kind kind, Path path, int shards, boolean readOnly, Duration lockTimeout) {
    return kind == Kind.LONGS
        ? new Target<>(
            SyncCrashStores.longs(path, shards, readOnly, lockTimeout),
            Function.identity(),
            Function.identity(),
            Function.identity(),
            Function.identity())
        : new Target<>(
            SyncCrashStores.records(path, shards, readOnly, lockTimeout),
            n -> "key-" + n,
            text -> Long.valueOf(text.substring(4)),
            Target::bytes,
            Target::numberOf);
  }

  /** The store as it is at a moment of this call. */
  Target<K, V> snapshot() {
    return new Target<>(store.snapshot(), key, number, encode, decode);
  }

  /** Number of a record's value of so many bytes, at least 8. */
  static long sized(int bytes, int seed) {
    return bytes * PER_BYTE + seed;
  }

  private static byte[] bytes(long number) {
    byte[] value = new byte[(int) Math.max(8, number / PER_BYTE)];
    long word = number;
    for (int i = 0; i < value.length; i++) {
      if (i > 0 && i % 8 == 0) {
        word = word * 0x5851_F42D_4C95_7F2DL + 1;
      }
      value[i] = (byte) (word >>> (i & 7) * 8);
    }
    return value;
  }

  private static long numberOf(byte[] value) {
    long number = Long.reverseBytes(ByteBuffer.wrap(value).getLong(0));
    if (number < 0
        || number / PER_BYTE > 10_000_000
        || !java.util.Arrays.equals(bytes(number), value)) {
      throw new IllegalStateException("torn value, bytes=" + value.length + " number=" + number);
    }
    return number;
  }

  /** The changes of a store in numbers. */
  final class Followed implements AutoCloseable {
    private final Changes<K, V> changes;

    private Followed(ChangePosition from) {
      changes = store.changes(from);
    }

    /** Makes the next change in a map; false if there is none in this time. */
    boolean apply(Map<Long, Long> copy, Duration timeout) throws InterruptedException {
      Change<K, V> change = changes.take(timeout);
      if (change == null) {
        return false;
      }
      switch (change.what()) {
        case SET -> copy.put(number.apply(change.key()), decode.apply(change.value()));
        case DELETED -> copy.remove(number.apply(change.key()));
        default -> copy.keySet().removeIf(k -> changes.shardOf(key.apply(k)) == change.shard());
      }
      return true;
    }

    ChangePosition position() {
      return changes.position();
    }

    @Override
    public void close() {
      changes.close();
    }
  }

  Followed follow(ChangePosition from) {
    return new Followed(from);
  }

  Long get(long k) {
    V value = store.get(key.apply(k));
    return value == null ? null : decode.apply(value);
  }

  void set(long k, long value) {
    store.set(key.apply(k), encode.apply(value));
  }

  Long put(long k, long value) {
    V previous = store.put(key.apply(k), encode.apply(value));
    return previous == null ? null : decode.apply(previous);
  }

  Long putIfAbsent(long k, long value) {
    V previous = store.putIfAbsent(key.apply(k), encode.apply(value));
    return previous == null ? null : decode.apply(previous);
  }

  boolean replace(long k, long expected, long value) {
    return store.replace(key.apply(k), encode.apply(expected), encode.apply(value));
  }

  long increment(long k) {
    return decode.apply(
        store.compute(
            key.apply(k), (ignored, v) -> encode.apply(v == null ? 1 : decode.apply(v) + 1)));
  }

  boolean delete(long k) {
    return store.delete(key.apply(k));
  }

  void clear() {
    store.clear();
  }

  /** Shard of a key in a store of so many. */
  int shardOf(long k, int shards) {
    KeyHash hash = CrashStores.hash(-1).withSeed(0);
    K own = key.apply(k);
    return HashBits.shard(
        own instanceof String text
            ? hash.ofBytes(text.getBytes(UTF_8), text.length())
            : hash.ofLong(k),
        Integer.numberOfTrailingZeros(shards));
  }

  /** All entries as an iteration delivers them. */
  Map<Long, Long> entries() {
    return entries(() -> {});
  }

  /** All entries; the action is run before each of them. */
  Map<Long, Long> entries(Runnable each) {
    Map<Long, Long> entries = new HashMap<>();
    store.forEach(
        (k, v) -> {
          each.run();
          if (entries.put(number.apply(k), decode.apply(v)) != null) {
            throw new IllegalStateException("a key was delivered twice, key=" + k);
          }
        });
    return entries;
  }

  long sizeLong() {
    return store.sizeLong();
  }

  VerifyReport verify() {
    return store.verify();
  }

  SyncStats stats() {
    return store.stats();
  }

  @Override
  public void close() {
    store.close();
  }
}
