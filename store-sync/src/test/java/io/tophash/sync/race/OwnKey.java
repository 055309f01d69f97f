package io.tophash.sync.race;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A key that belongs to one state of a case, with the operations of the store on it.
 *
 * <p>jcstress makes states by the million, so they share the stores of their JVM, and each state
 * has keys of its own. How the keys come and go:
 *
 * <ul>
 *   <li>A state takes its keys in its constructor, where it also stores what shall be there before,
 *       and gives them back in its arbiter, which removes them from the store. The arbiter runs
 *       once for each state, after all its actors and before the state is made anew. So no two
 *       states that live have a key in common, and only they have entries in the store.
 *   <li>A state has final fields with initial values, so jcstress makes a new object for each use,
 *       instead of setting the fields of an old one to zero. If it did that after all, a key would
 *       be given back twice, which is an error.
 *   <li>Half of the keys, those with an even number, are used again by the next state: their slots
 *       are often revived. Instead of the others come new ones: they are inserted, and the slots of
 *       the old ones fill the segments until a rebuild drops them.
 * </ul>
 *
 * <p>The states of a stride are used one after the other by each of the two threads, which drift
 * apart. So each operation also meets those of other states in the same segments: insertions,
 * removals, and the rebuilds that these lead to.
 *
 * <p>The kinds of values take turns: longs, records of 16 and of 100 bytes, large records of 4 KiB.
 * The property {@code tophash.raceKind} chooses one of them (0 to 3).
 *
 * <p>Values are small numbers from 0 on. A value that is stored tells its number and its key, in
 * each word of it.
 */
abstract class OwnKey {
  /** Number of an absent value. */
  static final int ABSENT = -1;

  /** Number of a value that nobody has stored under the key: torn, or of another key. */
  static final int FOREIGN = -2;

  private static final int[] RECORD_BYTES = {16, 100, 4096};
  private static final int KINDS = 1 + RECORD_BYTES.length;
  private static final int ONLY_KIND = Integer.getInteger("tophash.raceKind", -1);

  private static final AtomicLong NEXT = new AtomicLong();
  private static final ConcurrentLinkedQueue<Long> FREE = new ConcurrentLinkedQueue<>();
  private static final Set<Long> TAKEN = ConcurrentHashMap.newKeySet();

  final long key;

  OwnKey(long key) {
    this.key = key;
  }

  /** Number of a key that no other state has. */
  static long takeNumber() {
    Long free = FREE.poll();
    long next = free == null ? NEXT.getAndIncrement() : 0;
    long number = free == null ? next << 1 | next & 1 : free;
    TAKEN.add(number);
    return number;
  }

  /** Gives a number back, whose key is absent from all stores. */
  static void giveBack(long number) {
    if (!TAKEN.remove(number)) {
      throw new IllegalStateException("a key is given back twice, key=" + number);
    }
    FREE.add((number & 1) == 0 ? number : NEXT.getAndIncrement() << 1 | 1);
  }

  /** A number from 0 to below the bound, evenly over old and new keys. */
  static int choice(long number, int bound) {
    return (int) ((number >>> 2) % bound);
  }

  /** Takes a key that is absent. */
  static OwnKey absent() {
    long number = takeNumber();
    int kind = ONLY_KIND >= 0 ? ONLY_KIND : choice(number, KINDS);
    return kind == 0 ? new LongKey(number) : new RecordKey(number, RECORD_BYTES[kind - 1]);
  }

  /** Takes a key and stores a value under it. */
  static OwnKey present(int number) {
    OwnKey key = absent();
    key.set(number);
    return key;
  }

  /** Removes the key and gives it back; the number that was there. */
  final int release() {
    int last = remove();
    giveBack(key);
    return last;
  }

  abstract int get();

  abstract void set(int number);

  abstract int put(int number);

  abstract int putIfAbsent(int number);

  abstract int remove();

  abstract boolean remove(int number);

  abstract boolean replace(int expected, int number);

  /** Adds 1 with {@code compute}; an absent key counts as 0. */
  abstract int increment();

  /** Adds 1 with {@code merge}; an absent key counts as 0. */
  abstract int mergeOne();

  /** Clears the store of this key. */
  abstract void clear();
}
