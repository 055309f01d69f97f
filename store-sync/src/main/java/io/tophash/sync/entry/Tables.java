package io.tophash.sync.entry;

import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.format.StoreHeader;
import io.tophash.core.map.Entries;
import io.tophash.core.memory.HeapBytes;
import io.tophash.sync.attach.SyncCore;
import io.tophash.sync.attach.TableParts;
import io.tophash.sync.format.SyncRecordLayout;
import io.tophash.sync.segment.Gathered;
import io.tophash.sync.segment.RecordImage;
import io.tophash.sync.segment.RecordSegments;
import io.tophash.sync.shard.Shards;
import java.util.Arrays;
import java.util.function.BiConsumer;

/**
 * The entries of one attachment in all their forms, by the kind of the store's segments: the one
 * place that knows of both kinds.
 */
public abstract class Tables {
  /** Takes encoded entries. */
  public interface Sink {
    /** Takes the entry that stands in this array. */
    void add(byte[] bytes, int keyAt, int keyBytes, int valueAt, int valueBytes);
  }

  private final StoreHeader header;

  private Tables(StoreHeader header) {
    this.header = header;
  }

  /**
   * The entries of an attached store.
   *
   * @param readOnly true to refuse changes
   * @param verifyReads true to compare the checksum of each record that is read
   */
  public static Tables of(SyncCore core, boolean readOnly, boolean verifyReads) {
    return of(core, core.shards(), readOnly, verifyReads);
  }

  /** The entries of a snapshot, whose shards are those of its moment. */
  public static Tables ofSnapshot(SyncCore core, Shards shards, boolean verifyReads) {
    return of(core, shards, true, verifyReads);
  }

  private static Tables of(SyncCore core, Shards shards, boolean readOnly, boolean verifyReads) {
    return of(core.parts(shards), readOnly, verifyReads);
  }

  private static Tables of(TableParts parts, boolean readOnly, boolean verifyReads) {
    return parts.inlineSegments() != null
        ? new Inline(parts, readOnly, verifyReads)
        : new Records(parts, readOnly, verifyReads);
  }

  /** Their life, and what concerns all of them. */
  public abstract OpenTable open();

  /** The entries by objects. */
  public abstract <K, V> Entries<K, V> typed(Codec<K> keyCodec, Codec<V> valueCodec);

  /** The entries without boxing; null if they are records. */
  public abstract InlineTable longs();

  /** The entries as encoded bytes, whatever their types. */
  public final Entries<byte[], byte[]> encoded() {
    return typed(
        Codecs.encoded(header.keyCodec, header.keyFixedBytes),
        Codecs.encoded(header.valueCodec, header.valueFixedBytes));
  }

  /**
   * Makes changes of the log again: takes a key and its value, null to remove it, as they stand in
   * the log, where those of an inline store have the size of a cell.
   */
  public static BiConsumer<byte[], byte[]> changesOf(TableParts parts) {
    Entries<byte[], byte[]> entries = of(parts, false, false).encoded();
    int keyBytes = parts.header().keyFixedBytes;
    int valueBytes = parts.header().valueFixedBytes;
    return (key, value) -> {
      if (value == null) {
        entries.delete(cut(key, keyBytes));
      } else {
        entries.set(cut(key, keyBytes), cut(value, valueBytes));
      }
    };
  }

  private static byte[] cut(byte[] bytes, int fixedBytes) {
    return fixedBytes >= 0 && fixedBytes < bytes.length ? Arrays.copyOf(bytes, fixedBytes) : bytes;
  }

  /** Copies an entry of a gathered segment in which nothing moves. */
  public abstract void copy(Gathered g, int entry, Sink to);

  private static final class Inline extends Tables {
    private final InlineTable table;
    private final int keyBytes;
    private final int valueBytes;

    Inline(TableParts parts, boolean readOnly, boolean verifyReads) {
      super(parts.header());
      table =
          new InlineTable(
              parts.shards(), parts.inlineSegments(), parts.keyHash(), readOnly, verifyReads);
      keyBytes = parts.header().keyFixedBytes;
      valueBytes = parts.header().valueFixedBytes;
    }

    @Override
    public OpenTable open() {
      return table;
    }

    @Override
    public InlineTable longs() {
      return table;
    }

    @Override
    public <K, V> Entries<K, V> typed(Codec<K> keyCodec, Codec<V> valueCodec) {
      return new InlineEntries<>(table, keyCodec, valueCodec);
    }

    @Override
    public void copy(Gathered g, int entry, Sink to) {
      byte[] words = new byte[16];
      HeapBytes.putLong(words, 0, g.longKey(entry));
      HeapBytes.putLong(words, 8, g.longValue(entry));
      to.add(words, 0, keyBytes, 8, valueBytes);
    }
  }

  private static final class Records extends Tables {
    private final RecordTable table;
    private final RecordSegments segments;

    Records(TableParts parts, boolean readOnly, boolean verifyReads) {
      super(parts.header());
      segments = parts.recordSegments();
      table = new RecordTable(parts.shards(), segments, parts.keyHash(), readOnly, verifyReads);
    }

    @Override
    public OpenTable open() {
      return table;
    }

    @Override
    public InlineTable longs() {
      return null;
    }

    @Override
    public <K, V> Entries<K, V> typed(Codec<K> keyCodec, Codec<V> valueCodec) {
      return new RecordEntries<>(table, keyCodec, valueCodec);
    }

    @Override
    public void copy(Gathered g, int entry, Sink to) {
      boolean isLarge = g.largeBlock(entry) != 0;
      byte[] bytes = isLarge ? segments.large().copy(g, entry) : g.bytes();
      int at = isLarge ? 0 : g.recordOffset(entry);
      if (bytes == null || !RecordImage.isWhole(bytes, at, g.hash(entry))) {
        throw new CorruptStoreException(
            "record",
            g.largeBlock(entry),
            "the checksum of a record does not match; see `tophash recover`");
      }
      int keyAt = at + SyncRecordLayout.PAYLOAD;
      int keyBytes = RecordImage.keyBytes(bytes, at);
      int valueBytes = RecordImage.valueBytes(bytes, at);
      if (segments.isCache()) {
        byte[] value = isLarge ? segments.large().valueOf(g, entry, bytes) : g.agedValueOf(entry);
        byte[] both = Arrays.copyOf(RecordImage.key(bytes, at), keyBytes + value.length);
        System.arraycopy(value, 0, both, keyBytes, value.length);
        to.add(both, 0, keyBytes, keyBytes, value.length);
      } else {
        to.add(bytes, keyAt, keyBytes, keyAt + keyBytes, valueBytes);
      }
    }
  }
}
