package io.tophash.sync.entry;

/** A walk over the entries of an {@link InlineTable}. */
public final class InlineWalk {
  private final SegmentWalk walk;
  private int entry;

  InlineWalk(SegmentTable<LongOp> table) {
    this.walk = new SegmentWalk(table);
  }

  /** Goes to the next entry; false if there is none. */
  public boolean advance() {
    entry = walk.next((word, g) -> {});
    return entry >= 0;
  }

  /** Key of the entry that the last {@link #advance} reached. */
  public long key() {
    return walk.gathered().longKey(entry);
  }

  /** Its value, as it was when it was reached. */
  public long value() {
    return walk.gathered().longValue(entry);
  }
}
