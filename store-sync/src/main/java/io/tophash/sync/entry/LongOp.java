package io.tophash.sync.entry;

/** An operation on an entry whose key and value are longs. */
final class LongOp extends Op {
  final long key;

  /** The value to store, or what to add. */
  private final long operand;

  final long expected;

  /** The value of the key; 0 if it had none. */
  long previous;

  LongOp(Change change, long key, long hash, long operand, long expected) {
    super(change, hash);
    this.key = key;
    this.operand = operand;
    this.expected = expected;
  }

  @Override
  void absent() {
    super.absent();
    previous = 0;
  }

  /** The value that the change stores, going by what was met. */
  long stored() {
    return change == Change.ADD ? previous + operand : operand;
  }
}
