package io.tophash.jcache;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * Locks for keys, so that in this process the order of the calls of a writer is the order of the
 * changes. Keys share locks; several keys are locked in one order, so that none waits in a circle.
 */
final class KeyLocks {
  private static final int COUNT = 128;

  private final ReentrantLock[] locks =
      Stream.generate(ReentrantLock::new).limit(COUNT).toArray(ReentrantLock[]::new);

  private int index(Object key) {
    int hash = key instanceof byte[] bytes ? Arrays.hashCode(bytes) : key.hashCode();
    return (hash ^ hash >>> 16) & COUNT - 1;
  }

  /** Runs it while no other thread is inside for one of these keys. */
  void with(Collection<?> keys, Runnable action) {
    List<ReentrantLock> ordered =
        keys.stream().map(this::index).sorted().distinct().map(i -> locks[i]).toList();
    ordered.forEach(ReentrantLock::lock);
    try {
      action.run();
    } finally {
      ordered.forEach(ReentrantLock::unlock);
    }
  }
}
