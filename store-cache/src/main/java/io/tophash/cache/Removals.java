package io.tophash.cache;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Tells a listener of removals. Thread-safe. */
final class Removals<K, V> {
  private final RemovalListener<? super K, ? super V> listener;
  private final Executor executor;
  private final StoredCodec<V> codec;

  /**
   * @param listener null if nobody listens
   */
  Removals(
      RemovalListener<? super K, ? super V> listener, Executor executor, StoredCodec<V> codec) {
    this.listener = listener;
    this.executor = executor;
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
}
