package io.tophash.sync.extent;

import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What a process remembers of extents with blocks that are free but not takeable yet: which of them
 * to look at when a checkpoint has become durable, and which to pass by until then. Owner words are
 * the only truth; what is forgotten here, or was freed by a process that is gone, is found when
 * somebody frees a block of the same extent, or the file is full.
 *
 * <p>Thread-safe; racy on purpose where only speed depends on it.
 */
final class Quarantine {
  private record Waiting(int extent, long freedIn) {}

  private final ConcurrentLinkedQueue<Waiting> waiting = new ConcurrentLinkedQueue<>();
  // By extent: the epoch in which it was put into the queue last.
  private volatile long[] queuedIn = new long[0];
  // By extent: 1 + the number below which nothing but quarantined blocks was found there.
  private volatile long[] barrenBelow = new long[0];

  /** A block of this extent was freed in an epoch, and may be takeable behind it. */
  void add(int extent, long freedIn) {
    long[] known = queuedIn;
    if (extent >= known.length) {
      known = grown(known, extent);
      queuedIn = known;
    }
    if (known[extent] != freedIn) {
      known[extent] = freedIn;
      waiting.add(new Waiting(extent, freedIn));
    }
  }

  /** An extent with a block that has become takeable; 0 if there is none. */
  int poll(long reuseBelow) {
    Waiting first = waiting.peek();
    if (first == null || first.freedIn >= reuseBelow) {
      return 0;
    }
    Waiting polled = waiting.poll(); // perhaps another one, which a race costs a look
    return polled == null ? 0 : polled.extent;
  }

  /** Forgets all; for the only user of the file, after it has taken extents away. */
  void forget() {
    waiting.clear();
    queuedIn = new long[0];
    barrenBelow = new long[0];
  }

  /** All blocks of this extent are in use or quarantined. */
  void noteBarren(int extent, long reuseBelow) {
    long[] known = barrenBelow;
    if (extent >= known.length) {
      known = grown(known, extent);
      barrenBelow = known;
    }
    known[extent] = reuseBelow + 1;
  }

  /** A block of this extent is takeable. */
  void noteRoom(int extent) {
    long[] known = barrenBelow;
    if (extent < known.length) {
      known[extent] = 0;
    }
  }

  /** True if there is hardly a takeable block in an extent. */
  boolean isBarren(int extent, long reuseBelow) {
    long[] known = barrenBelow;
    return extent < known.length && known[extent] == reuseBelow + 1;
  }

  private static long[] grown(long[] array, int index) {
    return Arrays.copyOf(array, Math.max(index + 1, 2 * array.length));
  }
}
