package io.tophash.core;

import io.tophash.core.codec.Codec;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.salvage.HashReader;
import io.tophash.core.salvage.Salvage;
import java.nio.file.Path;

/**
 * Reads what is whole from a damaged {@link HashStore} into a new one. The damaged file is not
 * changed, and nobody may have it open for writing.
 */
public final class HashStoreSalvage {
  private HashStoreSalvage() {}

  /**
   * Salvages a store whose header can be read.
   *
   * @param damaged the damaged file
   * @param target the new store, which must not be there yet
   * @throws io.tophash.core.errors.IncompatibleStoreException if the header cannot be read
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
            HeaderLayout.KIND_HASH,
            keys,
            values,
            new HashReader(),
            HashStoreSalvage::open);
    return new SalvageReport(
        result.target(), result.kept(), result.unlinked(), result.dropped(), result.unchecked());
  }

  private static Salvage.Target open(
      Path path, Codec<byte[]> keys, Codec<byte[]> values, long windowBytes) {
    HashStore<byte[], byte[]> store =
        HashStore.builder(keys, values).windowBytes(windowBytes).open(path);
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
