package io.tophash.sync.entry;

import io.tophash.sync.format.SyncRecordLayout;

/** An operation on an entry whose key and value are bytes. */
final class RecordOp extends Op {
  /** The encoded record: header, key, and the value if there is one. */
  final byte[] record;

  final int keyBytes;

  /** The expected value, for a change that compares; else null. */
  final byte[] expected;

  /** True if the caller wants {@link #previous}. */
  final boolean wantsPrevious;

  /** Where the block of a large record shall lie below, if it can. */
  final long below;

  /** Cache: what stands in front of the record. */
  long expires;

  /** Cache: there is no room for the new value, so the key shall go. */
  boolean isRejected;

  /** What goes into the log: the record, or the stub of a large one. */
  byte[] logged;

  /** Offset in the block of what was logged under {@link #loggedWord}; 0 if nothing was yet. */
  int loggedAt;

  /** True if another record had that place before. */
  boolean isReused;

  /** The segment word under which it was logged: a log is that of one segment word. */
  long loggedWord;

  /** The value of the key, if it was wanted and there was one. */
  byte[] previous;

  /** Position of the block of the large record that was met; 0 if what was met was none. */
  long metLarge;

  /** Bytes that the record that was met has in the log; 0 if it is the stub of a large one. */
  long metBytes;

  /** Length of its value. */
  int metValueBytes;

  RecordOp(
      Change change,
      byte[] record,
      int keyBytes,
      long hash,
      byte[] expected,
      boolean wantsPrevious) {
    this(change, record, keyBytes, hash, expected, wantsPrevious, Long.MAX_VALUE);
  }

  RecordOp(
      Change change,
      byte[] record,
      int keyBytes,
      long hash,
      byte[] expected,
      boolean wantsPrevious,
      long below) {
    super(change, hash);
    this.record = record;
    this.keyBytes = keyBytes;
    this.expected = expected;
    this.wantsPrevious = wantsPrevious;
    this.below = below;
    this.logged = record;
  }

  /** True if the record must stand in a block of its own. */
  boolean isLarge() {
    return !removes() && record.length > SyncRecordLayout.MAX_SMALL_BYTES;
  }

  /** True if what goes into the log is a stub. */
  boolean logsStub() {
    return logged != record;
  }

  @Override
  boolean removes() {
    return isRejected || super.removes();
  }

  /** Only the holder of the lock allocates and frees. */
  @Override
  boolean needsLock() {
    return isLarge();
  }

  @Override
  boolean staysBelow() {
    return below != Long.MAX_VALUE;
  }

  @Override
  int incomingBytes() {
    return removes() ? 0 : logged.length;
  }

  @Override
  void absent() {
    super.absent();
    previous = null;
  }
}
