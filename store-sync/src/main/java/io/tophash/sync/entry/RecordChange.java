package io.tophash.sync.entry;

import io.tophash.sync.format.SyncRecordLayout;

/** A change of a record entry: what is asked for, what was met, and what was done. */
public final class RecordChange {
  final Change change;

  /** The encoded record: header, key, and the value if there is one. */
  final byte[] record;

  final int keyBytes;
  final long hash;

  /** The expected value, for a change that compares; else null. */
  final byte[] expected;

  /** True if the caller wants {@link #previous}. */
  final boolean wantsPrevious;

  /** Where the block of a large record shall lie below, if it can. */
  final long below;

  /** True if the key had a value. */
  boolean present;

  /** That value, if it was wanted. */
  byte[] previous;

  /** True if the change was made. */
  boolean changed;

  /** The segment word under which the key was last looked up. */
  long seenWord;

  /** Its cell under that word; not above 0 if it was not found. */
  long seenCell;

  RecordChange(
      Change change,
      byte[] record,
      int keyBytes,
      long hash,
      byte[] expected,
      boolean wantsPrevious) {
    this(change, record, keyBytes, hash, expected, wantsPrevious, Long.MAX_VALUE);
  }

  RecordChange(
      Change change,
      byte[] record,
      int keyBytes,
      long hash,
      byte[] expected,
      boolean wantsPrevious,
      long below) {
    this.below = below;
    this.change = change;
    this.record = record;
    this.keyBytes = keyBytes;
    this.hash = hash;
    this.expected = expected;
    this.wantsPrevious = wantsPrevious;
  }

  /** Size of the record in the log if it is small. */
  int recordBytes() {
    return record.length;
  }

  /** True if the record must stand in a block of its own. */
  boolean isLarge() {
    return !change.removes() && record.length > SyncRecordLayout.MAX_SMALL_BYTES;
  }

  void absent() {
    present = false;
    previous = null;
    changed = false;
  }
}
