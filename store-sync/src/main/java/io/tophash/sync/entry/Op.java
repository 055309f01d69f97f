package io.tophash.sync.entry;

/**
 * One operation on one entry: what is asked for, where the key was last seen, what was met, and
 * what was done. Made for one call and used by its thread alone; {@link SegmentTable} runs it.
 *
 * <p>What hangs on every change of an entry hangs here: an operation that was {@link #changed} has
 * its whole outcome in its fields while the shard's guard or lock is still held.
 */
abstract class Op {
  final Change change;

  /** Hash of the key. */
  final long hash;

  /** The segment word under which the key was last looked up. */
  long seenWord;

  /** Its cell under that word; not above 0 if it was not found. */
  long seenCell;

  /** True if the key had a value. */
  boolean present;

  /** True if that was the expected one; for a change that compares. */
  boolean equal;

  /** True if the change was made. */
  boolean changed;

  Op(Change change, long hash) {
    this.change = change;
    this.hash = hash;
  }

  /** True if only the holder of the shard's lock can do it. */
  boolean needsLock() {
    return false;
  }

  /** True if it moves an entry towards the start of the file, or leaves it where it is. */
  boolean staysBelow() {
    return false;
  }

  /** Room that it will take in the log of the segment. */
  int incomingBytes() {
    return 0;
  }

  /** True if what it leaves is no entry. */
  boolean removes() {
    return change.removes();
  }

  /** The key has no slot. */
  void absent() {
    present = false;
    equal = false;
    changed = false;
  }

  /** True if the change applies to what was met. */
  final boolean applies() {
    return change.applies(present, equal);
  }
}
