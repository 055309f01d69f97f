package io.tophash.sync.shard;

import io.tophash.sync.segment.Gathered;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The scratches into which segments are gathered. Few, and shared by all threads: one may be as
 * large as a few segments. Lock-free.
 */
public final class ScratchPool {
  private static final int POOLED = 4;

  private final AtomicReferenceArray<Gathered> pool = new AtomicReferenceArray<>(POOLED);

  ScratchPool() {}

  /** Lends a scratch; {@link #giveBack} follows. */
  public Gathered borrow() {
    for (int i = 0; i < POOLED; i++) {
      Gathered g = pool.get(i);
      if (g != null && pool.compareAndSet(i, g, null)) {
        return g;
      }
    }
    return new Gathered();
  }

  /** Takes a scratch back. */
  public void giveBack(Gathered g) {
    for (int i = 0; i < POOLED; i++) {
      if (pool.get(i) == null && pool.compareAndSet(i, null, g)) {
        return;
      }
    }
  }
}
