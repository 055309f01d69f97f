package io.tophash.core.salvage;

import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.IncompatibleStoreException;
import io.tophash.core.errors.StoreException;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.StoreHeader;
import io.tophash.core.memory.CopyTarget;
import io.tophash.core.memory.RawFile;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The frame of a salvage: the damaged file, what it should be, the new store, and the counts. What
 * of the file can be believed is found out by a {@link Reader}.
 */
public final class Salvage {
  private static final int MAX_WINDOW_SHIFT = 30;

  /**
   * What was done.
   *
   * @param target the new store
   * @param kept entries in it
   * @param unlinked how many of them nothing referred to
   * @param dropped what was left out, by reason
   * @param unchecked how many of the kept entries nothing could be compared with, by reason
   */
  public record Result(
      Path target,
      long kept,
      long unlinked,
      Map<String, Long> dropped,
      Map<String, Long> unchecked) {}

  /** Of a value that stands in its cell: there is nothing that it could be compared with. */
  public static final String NO_CHECKSUM = "value without a checksum";

  /** Of a record of a store with a hash function of its own, which checksums are made with. */
  public static final String NO_HASH = "record of an unknown hash function";

  /** Looks for entries in a damaged file. */
  @FunctionalInterface
  public interface Reader {
    /** Offers all entries, those first that are most certain. */
    void read(Salvage salvage);
  }

  /** A new store that takes the entries. */
  public interface Target extends AutoCloseable {
    /** Takes an entry if its key is new. */
    boolean offer(byte[] key, byte[] value);

    /** Number of entries. */
    long size();

    /** Writes all back to the device. */
    void force();

    @Override
    void close();
  }

  /** Makes the new store. */
  @FunctionalInterface
  public interface TargetFactory {
    /** Makes it at a path. */
    Target open(Path path, Codec<byte[]> keys, Codec<byte[]> values, long windowBytes);
  }

  private final RawFile file;
  private final StoreHeader header;
  private final boolean headerDamaged;
  private final Map<String, Long> dropped = new TreeMap<>();
  private final Map<String, Long> unchecked = new TreeMap<>();
  private long unlinked;
  private Target target;

  private Salvage(RawFile file, int kind, Codec<?> keys, Codec<?> values) {
    this.file = file;
    StoreHeader found = null;
    RuntimeException problem = null;
    try {
      found = StoreHeader.parse(file.head(HeaderLayout.BYTES), file.path());
    } catch (CorruptStoreException | IncompatibleStoreException e) {
      problem = e;
    }
    headerDamaged = found == null;
    if (headerDamaged) {
      if (keys == null || values == null) {
        throw (StoreException)
            new IncompatibleStoreException(
                    "the header cannot be read; say what the store was: its kind and the codecs of"
                        + " its keys and values, store="
                        + file.path())
                .initCause(problem);
      }
      drop("header unreadable");
      found =
          new StoreHeader(
              kind,
              MAX_WINDOW_SHIFT,
              0,
              keys.fixedSize(),
              values.fixedSize(),
              "",
              keys.id(),
              values.id(),
              0,
              0);
    } else if (found.kind != kind) {
      throw new IncompatibleStoreException(
          "the file is a store of the other kind, store=" + file.path() + " kind=" + found.kind);
    }
    header = found;
  }

  /**
   * Salvages a store.
   *
   * @param damaged the file, which is not changed
   * @param to the new store
   * @param kind kind of store, of {@link HeaderLayout}
   * @param keys codec of the keys, null if the header shall say it
   * @param values likewise
   */
  public static Result run(
      Path damaged,
      Path to,
      int kind,
      Codec<?> keys,
      Codec<?> values,
      Reader reader,
      TargetFactory factory) {
    try (RawFile file = RawFile.open(damaged);
        CopyTarget copy = CopyTarget.begin(to)) {
      Salvage salvage = new Salvage(file, kind, keys, values);
      long kept = salvage.fill(copy.path(), reader, factory);
      copy.publish(HeaderLayout.UNCLEAN);
      return new Result(
          copy.target(),
          kept,
          salvage.unlinked,
          Collections.unmodifiableMap(salvage.dropped),
          Collections.unmodifiableMap(salvage.unchecked));
    }
  }

  private long fill(Path path, Reader reader, TargetFactory factory) {
    Codec<byte[]> keys = Codecs.encoded(header.keyCodec, header.keyFixedBytes);
    Codec<byte[]> values = Codecs.encoded(header.valueCodec, header.valueFixedBytes);
    try (Target fresh = factory.open(path, keys, values, 1L << header.windowShift)) {
      target = fresh;
      reader.read(this);
      target.force();
      return target.size();
    }
  }

  /** The damaged file. */
  public RawFile file() {
    return file;
  }

  /** Its header, or what the caller said. */
  public StoreHeader header() {
    return header;
  }

  /** True if the header is what the caller said; seed, windows and shards are unknown then. */
  public boolean isHeaderDamaged() {
    return headerDamaged;
  }

  /** Counts something that is left out. */
  public void drop(String reason) {
    dropped.merge(reason, 1L, Long::sum);
  }

  /**
   * Offers an entry that the store refers to.
   *
   * @param whyUnchecked why nothing says whether it is as it was stored; null if something does
   */
  public void offer(byte[] key, byte[] value, String whyUnchecked) {
    if (fits(key, value)) {
      if (target.offer(key, value)) {
        kept(whyUnchecked);
      } else {
        drop("duplicate key");
      }
    }
  }

  /**
   * Offers an entry that nothing refers to: only if its key is not there yet.
   *
   * @param whyUnchecked as of {@link #offer}
   */
  public void offerUnlinked(byte[] key, byte[] value, String whyUnchecked) {
    if (fits(key, value) && target.offer(key, value)) {
      unlinked++;
      kept(whyUnchecked);
    }
  }

  private void kept(String whyUnchecked) {
    if (whyUnchecked != null) {
      unchecked.merge(whyUnchecked, 1L, Long::sum);
    }
  }

  private boolean fits(byte[] key, byte[] value) {
    boolean fits =
        (header.keyFixedBytes < 0 || key.length == header.keyFixedBytes)
            && (header.valueFixedBytes < 0 || value.length == header.valueFixedBytes);
    if (!fits) {
      drop("entry of a wrong size");
    }
    return fits;
  }
}
