package io.tophash.sync;

import io.tophash.core.SalvageReport;
import io.tophash.core.codec.Codec;
import io.tophash.core.errors.IncompatibleStoreException;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.salvage.Salvage;
import io.tophash.sync.attach.SyncRequest;
import io.tophash.sync.salvage.SyncReader;
import java.nio.file.Path;

/**
 * Reads what is whole from a damaged {@link SyncStore} into a new one. The damaged file is not
 * changed, and nobody may have it open for writing. A cache is refused: what it has is somewhere
 * else, too.
 */
public final class SyncStoreSalvage {
  private SyncStoreSalvage() {}

  /**
   * Salvages a store whose header can be read.
   *
   * @param damaged the damaged file
   * @param target the new store, which must not be there yet
   * @throws IncompatibleStoreException if the header cannot be read
   */
  public static SalvageReport run(Path damaged, Path target) {
    return run(damaged, target, null, null);
  }

  /**
   * Salvages a store, its header being damaged or not.
   *
   * @param damaged the damaged file
   * @param target the new store, which must not be there yet
   * @param keys codec of the keys, for a damaged header
   * @param values codec of the values, likewise
   */
  public static SalvageReport run(Path damaged, Path target, Codec<?> keys, Codec<?> values) {
    Salvage.Result result =
        Salvage.run(
            damaged,
            target,
            HeaderLayout.KIND_SYNC,
            keys,
            values,
            SyncStoreSalvage::read,
            SyncStoreSalvage::open);
    return new SalvageReport(
        result.target(), result.kept(), result.unlinked(), result.dropped(), result.unchecked());
  }

  private static void read(Salvage salvage) {
    if (salvage.header().isCache()) {
      throw new IncompatibleStoreException(
          "a cache is not salvaged, as what it has can be had again: remove the file, and it is"
              + " made anew, store="
              + salvage.file().path());
    }
    boolean inline = SyncRequest.isInline(salvage.header());
    new SyncReader(inline).read(salvage);
  }

  private static Salvage.Target open(
      Path path, Codec<byte[]> keys, Codec<byte[]> values, long windowBytes) {
    SyncStore<byte[], byte[]> store =
        SyncStore.builder(keys, values).windowBytes(windowBytes).open(path);
    return new Salvage.Target() {
      @Override
      public boolean offer(byte[] key, byte[] value) {
        return store.putIfAbsent(key, value) == null;
      }

      @Override
      public long size() {
        return store.sizeLong();
      }

      @Override
      public void force() {
        store.force();
      }

      @Override
      public void close() {
        store.close();
      }
    };
  }
}
