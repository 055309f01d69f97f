package io.tophash.sync.entry;

/** A walk over the entries of an {@link InlineTable}. */
public final class InlineWalk implements LongTable.Walk {
  private final SegmentWalk walk;
  private int entry;

  InlineWalk(SegmentTable<LongOp> table) {
    this.walk = new SegmentWalk(table);
  }

  @Override
  public boolean advance() {
    entry = walk.next((word, g) -> {});
    return entry >= 0;
  }

  @Override
  public long key() {
    return walk.gathered().longKey(entry);
  }

  @Override
  public long value() {
    return walk.gathered().longValue(entry);
  }
}
