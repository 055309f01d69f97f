package io.tophash.core.lifecycle;

import io.tophash.core.codec.Codec;
import io.tophash.core.errors.IncompatibleStoreException;
import io.tophash.core.format.StoreHeader;
import io.tophash.core.hash.KeyHash;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What is asked of a store when it is opened. A builder writes each option here and nowhere else,
 * and each open call hands a copy to the engine, which only reads it. What but one kind of store
 * knows is in a subclass.
 */
public class OpenRequest implements Cloneable {
  /** No limit is meant; in a SyncStore, that of who has the store open in this JVM already. */
  public static final long ANY_LENGTH = Long.MAX_VALUE;

  private static final int USUAL_WINDOW_SHIFT = 30;

  /** The file. */
  public Path path;

  /** True to delete it with the close. */
  public boolean temporary;

  /** True to write nothing. */
  public boolean readOnly;

  /** The file never grows over this. */
  public long maxBytes = ANY_LENGTH;

  /** Hint for a new store, 0 for none; may be negative or absurd. */
  public long expectedEntries;

  /** log2 of the size of a new store's windows. */
  public int windowShift = USUAL_WINDOW_SHIFT;

  /** True to compare the checksum of each record that is read. */
  public boolean verifyReads = true;

  /** How keys are written. */
  public final Codec<?> keyCodec;

  /** How values are written. */
  public final Codec<?> valueCodec;

  /** The hash function. */
  public KeyHash.Factory hashes = KeyHash.Factory.STANDARD_FACTORY;

  public OpenRequest(Codec<?> keyCodec, Codec<?> valueCodec) {
    this.keyCodec = keyCodec;
    this.valueCodec = valueCodec;
  }

  /** The same for a file. */
  public OpenRequest at(Path file, boolean isTemporary) {
    try {
      OpenRequest copy = (OpenRequest) clone();
      copy.path = file;
      copy.temporary = isTemporary;
      return copy;
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * The sealed part of a new store's header.
   *
   * @param kind of the store
   * @param chunkShift what stands there of this kind
   */
  protected final StoreHeader newHeader(int kind, int chunkShift) {
    return new StoreHeader(
        kind,
        windowShift,
        chunkShift,
        keyCodec.fixedSize(),
        valueCodec.fixedSize(),
        hashes.name(),
        keyCodec.id(),
        valueCodec.id(),
        System.currentTimeMillis(),
        ThreadLocalRandom.current().nextLong());
  }

  /**
   * Refuses a store that was made with other codecs or another hash function.
   *
   * @throws IncompatibleStoreException names what differs
   */
  protected final void checkCodecs(StoreHeader header) {
    require("key codec", header.keyCodec, keyCodec.id());
    require("value codec", header.valueCodec, valueCodec.id());
    require("encoded key size", header.keyFixedBytes, keyCodec.fixedSize());
    require("encoded value size", header.valueFixedBytes, valueCodec.fixedSize());
    require("hash function", header.hashName, hashes.name());
  }

  /** Refuses a store of which something is not as requested. */
  protected final void require(String what, Object stored, Object requested) {
    if (!stored.equals(requested)) {
      throw new IncompatibleStoreException(
          String.format(
              "the store was made with another %s; open it as it was made, or copy it with `tophash"
                  + " export` and `tophash load`, store=%s stored=%s requested=%s",
              what, path, stored, requested));
    }
  }
}
