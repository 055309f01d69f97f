package io.tophash.cache;

import io.tophash.core.codec.Codec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The loads under way in this process: at most one for each key. Whoever asks for a key that is
 * being loaded waits for that load and shares what comes of it, its failure included. Threads that
 * would wait for each other in a circle are told so instead. Thread-safe.
 */
final class Loads<K, V> {
  /** A key by its bytes, as the store compares keys. */
  private static final class KeyBytes {
    private final byte[] bytes;

    KeyBytes(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof KeyBytes && Arrays.equals(bytes, ((KeyBytes) other).bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }
  }

  /** One load; the result is null if the key has no value. */
  static final class Load<V> {
    private final KeyBytes key;
    private volatile Thread owner = Thread.currentThread();
    private final CompletableFuture<V> result = new CompletableFuture<>();

    private Load(KeyBytes key) {
      this.key = key;
    }

    /** This thread is the one that loads, not the one that has begun it. */
    void adopt() {
      owner = Thread.currentThread();
    }

    /** What comes of it, for who does not wait. */
    CompletableFuture<V> result() {
      return result.copy();
    }
  }

  private final Codec<K> keys;
  private final Map<KeyBytes, Load<V>> running = new ConcurrentHashMap<>();
  private final Map<Thread, Load<V>> waiting = new ConcurrentHashMap<>();

  Loads(Codec<K> keys) {
    this.keys = keys;
  }

  private KeyBytes bytes(K key) {
    byte[] bytes = new byte[keys.size(key)];
    keys.write(key, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    return new KeyBytes(bytes);
  }

  /** A load by this thread, which has not begun yet. */
  Load<V> newLoad(K key) {
    return new Load<>(bytes(key));
  }

  /**
   * Begins a load; {@link #end} follows.
   *
   * @return null, or the load of this key that is under way already: then this one did not begin
   */
  Load<V> begin(Load<V> load) {
    return running.putIfAbsent(load.key, load);
  }

  /** Ends a load of this thread: with a value, with null, or with what the loader has thrown. */
  void end(Load<V> load, V value, Throwable thrown) {
    // First of all out of the map: who comes now finds the value in the cache, or loads anew.
    running.remove(load.key, load);
    if (thrown == null) {
      load.result.complete(value);
    } else {
      load.result.completeExceptionally(thrown);
    }
  }

  /** Waits for the load of another thread. */
  V await(Load<V> load) {
    Thread self = Thread.currentThread();
    waiting.put(self, load);
    try {
      checkCircle(load, self);
      return load.result.join();
    } catch (CompletionException e) {
      throw rethrow(e.getCause());
    } finally {
      waiting.remove(self);
    }
  }

  // Each thread has announced what it waits for before it looks, so that of the threads of a circle
  // the last one at least sees all of it.
  private void checkCircle(Load<V> first, Thread self) {
    Load<V> load = first;
    while (load != null && !load.result.isDone()) {
      if (load.owner == self) {
        throw new IllegalStateException(
            "the loader of a key asks for a key whose loader waits for it; load it otherwise, or"
                + " do not ask the cache for it");
      }
      load = waiting.get(load.owner);
    }
  }

  /** What a loader has thrown as the caller of the cache gets it. */
  static RuntimeException rethrow(Throwable thrown) {
    if (thrown instanceof Error) {
      throw (Error) thrown;
    }
    return thrown instanceof RuntimeException
        ? (RuntimeException) thrown
        : new CompletionException(thrown);
  }
}
