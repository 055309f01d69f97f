package io.tophash.cache;

import io.tophash.core.codec.Codec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Tells a listener of removals. What the store evicts comes while it holds locks, so that is only
 * noted, and told when the operation is over. Thread-safe.
 */
final class Removals<K, V> {
  private record Evicted(byte[] key, byte[] value, boolean expired) {}

  private final RemovalListener<? super K, ? super V> listener;
  private final Executor executor;
  private final Codec<K> keys;
  private final StoredCodec<V> codec;
  private final Queue<Evicted> evicted = new ConcurrentLinkedQueue<>();

  /**
   * @param listener null if nobody listens
   */
  Removals(
      RemovalListener<? super K, ? super V> listener,
      Executor executor,
      Codec<K> keys,
      StoredCodec<V> codec) {
    this.listener = listener;
    this.executor = executor;
    this.keys = keys;
    this.codec = codec;
  }

  /** True if somebody wants to know what was removed. */
  boolean isHeard() {
    return listener != null;
  }

  void removed(K key, Stored stored, RemovalCause cause) {
    if (listener != null) {
      V value = codec.decode(stored);
      Runnable call = () -> listener.onRemoval(key, value, cause);
      try {
        executor.execute(call);
      } catch (RejectedExecutionException e) {
        call.run(); // the executor was shut down, and the removal has happened
      }
    }
  }

  /** The store has evicted an entry; locks are held. */
  void evicted(byte[] key, byte[] value, boolean expired) {
    evicted.add(new Evicted(key, value, expired));
  }

  /** Tells of what was evicted so far. No locks are held. */
  void drain() {
    if (listener == null) {
      return;
    }
    for (Evicted each = evicted.poll(); each != null; each = evicted.poll()) {
      Stored stored = new Stored(each.value);
      if (!stored.isLease()) {
        K key = keys.read(ByteBuffer.wrap(each.key).order(ByteOrder.LITTLE_ENDIAN));
        removed(key, stored, each.expired ? RemovalCause.EXPIRED : RemovalCause.SIZE);
      }
    }
  }
}
