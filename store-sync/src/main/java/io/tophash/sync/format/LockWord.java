package io.tophash.sync.format;

/**
 * The lock word of a shard: 0 if free, else who holds it.
 *
 * <pre>
 * | 63 frozen | 62 .. 56 process slot + 1 | 55 .. 0 incarnation |
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
  private static final long INCARNATION_MASK = (1L << SLOT_SHIFT) - 1;

  private LockWord() {}

  /** The word of a holder. */
  public static long of(int slot, long incarnation) {
    return (long) (slot + 1) << SLOT_SHIFT | incarnation & INCARNATION_MASK;
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
