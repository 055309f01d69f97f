package io.tophash.core;

import java.nio.file.Path;

/**
 * What every store offers beside its entries. Any method but {@link #close} and {@link #isClosed}
 * throws {@link IllegalStateException} after the store was closed.
 */
public interface Store extends AutoCloseable {
  /** Number of entries. */
  long sizeLong();

  /** Figures about the store; looks at no entries. */
  StoreStats stats();

  /**
   * Walks everything and reports each broken invariant with its position; changes nothing. Takes
   * time in proportion to the store.
   */
  VerifyReport verify();

  /**
   * Writes everything back to the storage device and waits for it.
   *
   * @throws io.tophash.core.errors.StoreException if the device reports an error
   */
  void force();

  /**
   * Gives unused space back to the file system as far as it can be moved to the end of the file.
   * Takes time in proportion to what is moved.
   */
  void compact();

  /**
   * Writes a copy of the store to a new file, complete and forced when this returns: a store like
   * any other, which is restored by being opened. Until then there is no file under the target's
   * name, wherever this process is killed.
   *
   * @param target the new file
   * @throws io.tophash.core.errors.StoreException if there is one already, or it cannot be written
   */
  void backup(Path target);

  /** The file, with symbolic links resolved. */
  Path path();

  /** True after {@link #close}. */
  boolean isClosed();

  /** Closes the store and lets others open it. A second call does nothing. */
  @Override
  void close();
}
