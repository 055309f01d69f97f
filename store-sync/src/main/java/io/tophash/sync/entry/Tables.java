package io.tophash.sync.entry;

import io.tophash.core.codec.Codec;
import io.tophash.core.map.Entries;
import io.tophash.sync.attach.SyncCore;

/** The tables of an attached store, by the kind of its segments. */
public final class Tables {
  private Tables() {}

  /**
   * The entries of an attached store, untyped.
   *
   * @param readOnly true to refuse changes
   * @param verifyReads true to compare the checksum of each record that is read
   */
  public static SegmentTable of(SyncCore core, boolean readOnly, boolean verifyReads) {
    return core.isInline()
        ? new InlineTable(core, readOnly)
        : new RecordTable(core, readOnly, verifyReads);
  }

  /** The typed face of a table. */
  public static <K, V> Entries<K, V> typed(
      SegmentTable table, Codec<K> keyCodec, Codec<V> valueCodec) {
    if (table instanceof InlineTable inline) {
      return new InlineEntries<>(inline, keyCodec, valueCodec);
    }
    return new RecordEntries<>(
        (RecordTable) table, new RecordForm<>(keyCodec, valueCodec, table.memory.windowBytes()));
  }
}
