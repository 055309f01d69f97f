package io.tophash.core.table;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.Tophash;
import io.tophash.core.memory.MappedMemory;

/**
 * The sums of a bucket array that was there when the store was closed: one for each <i>group</i> of
 * neighbouring buckets, over tophash words, key cells and links of their chains. What they do not
 * cover, a key that is absent does not depend on.
 *
 * <p>A group is compared once, before a key that is not in it is called absent for the first time,
 * and before its first change. From then on it has no sum any more until the next close.
 *
 * <pre>
 *   UNKNOWN --compared--&gt; PROVED --first change--&gt; CHANGED
 * </pre>
 *
 * <p>Not thread-safe, as the table.
 */
final class GroupSums {
  /** In place of a sum: there is none. */
  static final int NO_SUM = 0;

  /** Bytes of buckets in a group at most, so that the first miss in one reads little. */
  private static final int GROUP_BYTES = 1 << 16;

  /** Groups that were not changed, and left without a sum, which one close gives one at most. */
  private static final int MOST_UNCHANGED = 1 << 10;

  private static final byte UNKNOWN = 0;
  private static final byte PROVED = 1;
  private static final byte CHANGED = 2;

  private final Table table;
  private final BucketArray array;
  private final int[] sums;
  private final byte[] states;
  private final int shift;
  private int unknown; // groups in this state

  /**
   * @param sums of the groups, {@link #NO_SUM} where there is none
   */
  GroupSums(Table table, BucketArray array, int[] sums) {
    this.table = table;
    this.array = array;
    this.sums = sums;
    this.states = new byte[sums.length];
    this.shift = shift(table, array);
    this.unknown = sums.length;
  }

  /** True if no group is left that was not compared. */
  boolean isProved() {
    return unknown == 0;
  }

  /** log2 of the buckets of a group; a group is inside a chunk. */
  private static int shift(Table table, BucketArray array) {
    int bytes = table.layout.bytes();
    int shift = Math.min(table.context.chunkShift, array.b());
    while (shift > 0 && (long) bytes << shift > GROUP_BYTES) {
      shift--;
    }
    return shift;
  }

  /** Number of groups of an array. */
  static int count(Table table, BucketArray array) {
    return (int) (array.size() >>> shift(table, array));
  }

  /**
   * Sees to it that the group of a bucket was compared.
   *
   * @throws CorruptStoreException if its sum does not match
   */
  void prove(long index) {
    int group = (int) (index >>> shift);
    if (states[group] == UNKNOWN) {
      if (!matches(group)) {
        throw new CorruptStoreException(
            "buckets",
            array.bucket(index),
            "the sum of a group of buckets does not match; see `tophash recover`");
      }
      states[group] = PROVED;
      if (--unknown == 0) {
        table.proved();
      }
    }
  }

  /** The group of a bucket is about to be changed. */
  void changing(long index) {
    int group = (int) (index >>> shift);
    if (states[group] != CHANGED) {
      prove(index);
      states[group] = CHANGED;
    }
  }

  private boolean matches(int group) {
    return sums[group] == NO_SUM || sums[group] == sum(group);
  }

  /** Compares all groups that were not changed, proved or not. */
  void check(TableVerifier.Sink sink) {
    for (int group = 0; group < states.length; group++) {
      if (states[group] != CHANGED && !matches(group)) {
        long bucket = array.bucket((long) group << shift);
        sink.accept("buckets", bucket, "the sum of a group of buckets does not match");
      }
    }
  }

  /** Compares all groups and forgets them, before all are changed. */
  void proveAll() {
    for (int group = 0; group < states.length; group++) {
      prove((long) group << shift);
    }
  }

  /**
   * The sums of an array as it is, for a close.
   *
   * @param most so many groups are summed at most; the others have no sum
   */
  static int[] of(Table table, BucketArray array, int most) {
    GroupSums present = array.sums;
    GroupSums fresh = new GroupSums(table, array, new int[count(table, array)]);
    int left = most;
    int leftUnchanged = MOST_UNCHANGED;
    int empty = NO_SUM;
    for (int group = 0; group < fresh.sums.length; group++) {
      boolean isUnchanged = present != null && present.states[group] != CHANGED;
      if (isUnchanged && (present.sums[group] != NO_SUM || leftUnchanged-- <= 0)) {
        fresh.sums[group] = present.sums[group];
      } else if (array.bucket((long) group << fresh.shift) == 0) {
        empty = empty == NO_SUM ? fresh.sum(group) : empty;
        fresh.sums[group] = empty;
      } else if (left-- > 0) {
        fresh.sums[group] = fresh.sum(group);
      }
    }
    return fresh.sums;
  }

  private int sum(int group) {
    long from = (long) group << shift;
    long to = from + (1L << shift);
    long sum = 0;
    for (long index = from; index < to; index++) {
      sum = chain(sum, array.bucket(index));
    }
    int folded = (int) (sum ^ sum >>> 32);
    return folded == NO_SUM ? 1 : folded;
  }

  /** Adds a chain; one that has no bucket yet counts as one of zeros. */
  private long chain(long before, long head) {
    MappedMemory memory = table.memory;
    BucketLayout layout = table.layout;
    int keysEnd = BucketLayout.DATA_OFFSET + BucketLayout.CELLS * layout.keyCellBytes();
    long sum = before;
    if (head == 0) {
      for (int offset = 0; offset <= keysEnd; offset += 8) {
        sum = mix(sum, 0);
      }
      return sum;
    }
    long word = memory.getLong(head, BucketLayout.TOPHASH);
    if (Tophash.isEvacuated(word)) {
      return mix(sum, word); // what was behind it may be anybody's by now
    }
    long bucket = head;
    for (long hops = 0; bucket != 0; hops++) {
      for (int offset = 0; offset < keysEnd; offset += 8) {
        sum = mix(sum, memory.getLong(bucket, offset));
      }
      sum = mix(sum, table.overflowLink(bucket));
      bucket = table.overflow(bucket);
      if (hops > 1000 && hops > table.maxHops()) {
        throw Table.circle(bucket);
      }
    }
    return sum;
  }

  /** One word more: whatever was before, no two words give the same. */
  static long mix(long sum, long word) {
    return Long.rotateLeft((sum ^ word) * 0x9E37_79B9_7F4A_7C15L, 29);
  }
}
