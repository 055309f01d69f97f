package io.tophash.cache;

import io.tophash.core.codec.Codec;
import io.tophash.core.errors.StoreException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

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

  /**
   * What became of the thread that loads one or more keys. If it is thrown out of the end of its
   * loads, as at the end of the stack, it says so by a store, which needs no call; who waits for
   * them, or wants to load the same, ends them.
   */
  static final class Fate {
    volatile boolean deserted;
  }

  /** One load; the result is null if the key has no value. */
  static final class Load<V> {
    private final KeyBytes key;
    private volatile Thread owner = Thread.currentThread();
    private final CompletableFuture<V> result = new CompletableFuture<>();
    private final Fate fate;

    private Load(KeyBytes key, Fate fate) {
      this.key = key;
      this.fate = fate;
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

  /** Who waits looks so often whether the load is still somebody's. */
  private static final long LOOK_MS = 100;

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
    return newLoad(key, new Fate());
  }

  /** The same, with the fate of other loads by this thread. */
  Load<V> newLoad(K key, Fate fate) {
    return new Load<>(bytes(key), fate);
  }

  /**
   * Begins a load; {@link #end} follows.
   *
   * @return null, or the load of this key that is under way already: then this one did not begin
   */
  Load<V> begin(Load<V> load) {
    Load<V> other = running.putIfAbsent(load.key, load);
    while (other != null && other.fate.deserted) {
      endDeserted(other);
      other = running.putIfAbsent(load.key, load);
    }
    return other;
  }

  private void endDeserted(Load<V> load) {
    end(
        load,
        null,
        new StoreException(
            "the thread that loaded the key had no stack or memory left; load it again"));
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
      return join(load);
    } catch (CompletionException e) {
      throw rethrow(e.getCause());
    } finally {
      waiting.remove(self);
    }
  }

  private V join(Load<V> load) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          load.result.get(LOOK_MS, TimeUnit.MILLISECONDS);
          return load.result.join();
        } catch (TimeoutException e) {
          if (load.fate.deserted) {
            endDeserted(load);
          }
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          return load.result.join(); // which throws it
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
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
