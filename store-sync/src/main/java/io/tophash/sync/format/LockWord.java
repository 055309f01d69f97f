package io.tophash.sync.format;

/**
 * The lock word of a shard: 0 if free, else who holds it.
 *
 * <pre>
 * | 63 frozen | 62 .. 56 process slot + 1 | 55 .. 32 thread | 31 .. 0 incarnation |
 *
 *             CAS, anybody              volatile store, owner
 *     free ----------------&gt; held by P -----------------------&gt; frozen by P
 *      ^    release, owner    |   ^        release, owner          |     ^
 *      +----------------------+   +--------------------------------+     | CAS, who has proved
 *                             |                                    |     | that P is dead;
 *                             +---------- P dies ------------------+-----+ then frozen by him
 * </pre>
 *
 * Why each arrow is legal: docs/concurrency.md, "The lock word".
 */
public final class LockWord {
  /** Nothing in the shard may change: its holder moves entries. */
  public static final long FROZEN = 1L << 63;

  private static final int SLOT_SHIFT = 56;
  private static final int THREAD_SHIFT = 32;
  private static final long INCARNATION_MASK = (1L << THREAD_SHIFT) - 1;

  /** Bits of a thread's number in lock words and hazard words. */
  public static final int THREAD_MASK = (1 << SLOT_SHIFT - THREAD_SHIFT) - 1;

  private LockWord() {}

  /** The word of a process, whatever thread. */
  public static long of(int slot, long incarnation) {
    return (long) (slot + 1) << SLOT_SHIFT | incarnation & INCARNATION_MASK;
  }

  /** The word of a holder: a thread of a process. */
  public static long of(int slot, long incarnation, int thread) {
    return of(slot, incarnation) | (long) (thread & THREAD_MASK) << THREAD_SHIFT;
  }

  /** The word without what says which thread it is, and whether the shard is frozen. */
  public static long process(long word) {
    return word & ~(FROZEN | (long) THREAD_MASK << THREAD_SHIFT);
  }

  /** True if nothing in the shard may change. */
  public static boolean isFrozen(long word) {
    return word < 0;
  }

  /** Slot of the holder; -1 if there is none. */
  public static int slot(long word) {
    return (int) (word >>> SLOT_SHIFT & 0x7F) - 1;
  }

  /** Incarnation of the holder's row. */
  public static long incarnation(long word) {
    return word & INCARNATION_MASK;
  }
}
