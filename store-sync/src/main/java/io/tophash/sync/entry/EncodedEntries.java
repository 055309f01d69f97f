package io.tophash.sync.entry;

import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.format.StoreHeader;
import io.tophash.core.map.Entries;
import io.tophash.core.memory.HeapBytes;
import io.tophash.sync.format.SyncRecordLayout;
import io.tophash.sync.segment.Gathered;
import io.tophash.sync.segment.RecordSegments;

/** The entries of a store as encoded bytes, whatever their types. Stateless. */
public abstract class EncodedEntries {
  /** Takes encoded entries. */
  public interface Sink {
    /** Takes the entry that stands in this array. */
    void add(byte[] bytes, int keyAt, int keyBytes, int valueAt, int valueBytes);
  }

  /** The entries of a table of either kind. */
  public static EncodedEntries of(SegmentTable table) {
    StoreHeader header = table.core.header();
    Codec<byte[]> keys = Codecs.encoded(header.keyCodec, header.keyFixedBytes);
    Codec<byte[]> values = Codecs.encoded(header.valueCodec, header.valueFixedBytes);
    return table instanceof InlineTable inline
        ? new Inline(inline, keys, values)
        : new Records((RecordTable) table, keys, values);
  }

  /** The entries of the store. */
  public abstract Entries<byte[], byte[]> table();

  /** Copies an entry of a gathered segment in which nothing moves. */
  public abstract void copy(Gathered g, int entry, Sink to);

  private static final class Inline extends EncodedEntries {
    private final InlineEntries<byte[], byte[]> entries;
    private final int keyBytes;
    private final int valueBytes;
    private final byte[] words = new byte[16];

    Inline(InlineTable table, Codec<byte[]> keys, Codec<byte[]> values) {
      entries = new InlineEntries<>(table, keys, values);
      keyBytes = keys.fixedSize();
      valueBytes = values.fixedSize();
    }

    @Override
    public Entries<byte[], byte[]> table() {
      return entries;
    }

    @Override
    public void copy(Gathered g, int entry, Sink to) {
      HeapBytes.LONG.set(words, 0, g.longKey(entry));
      HeapBytes.LONG.set(words, 8, g.longValue(entry));
      to.add(words, 0, keyBytes, 8, valueBytes);
    }
  }

  private static final class Records extends EncodedEntries {
    private final RecordTable table;
    private final RecordEntries<byte[], byte[]> entries;
    private final RecordSegments segments;

    Records(RecordTable table, Codec<byte[]> keys, Codec<byte[]> values) {
      this.table = table;
      this.segments = (RecordSegments) table.shards.context().kind();
      this.entries =
          new RecordEntries<>(table, new RecordForm<>(keys, values, table.memory.windowBytes()));
    }

    @Override
    public Entries<byte[], byte[]> table() {
      return entries;
    }

    @Override
    public void copy(Gathered g, int entry, Sink to) {
      long block = segments.largeBlock(g, entry);
      byte[] bytes = g.bytes();
      int at = g.recordOffset(entry);
      int keyBytes = keyBytes(bytes, at);
      int valueBytes = (int) HeapBytes.INT.get(bytes, at + SyncRecordLayout.VALUE_LENGTH);
      int length = Math.toIntExact(SyncRecordLayout.bytes(keyBytes, valueBytes));
      if (block != 0) {
        if (segments.leavesMapping(block, length)) {
          throw new CorruptStoreException("record", block, "a large record leads outside");
        }
        bytes = new byte[length];
        table.memory.getBytes(block, bytes, 0, length);
        at = 0;
      }
      if (RecordSegments.checksum(bytes, at, length)
          != (int) HeapBytes.INT.get(bytes, at + SyncRecordLayout.CHECKSUM)) {
        throw new CorruptStoreException(
            "record", block, "the checksum of a record does not match; see `tophash recover`");
      }
      int keyAt = at + SyncRecordLayout.PAYLOAD;
      to.add(bytes, keyAt, keyBytes, keyAt + keyBytes, valueBytes);
    }

    private static int keyBytes(byte[] bytes, int record) {
      return SyncRecordLayout.keyLength(
          (int) HeapBytes.INT.get(bytes, record + SyncRecordLayout.KEY_LENGTH));
    }
  }
}
