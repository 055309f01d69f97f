package io.tophash.core.memory;

import io.tophash.core.errors.StoreException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** How the file of a {@link Sidecar} is had. File thread only. */
final class SidecarFile {
  private SidecarFile() {}

  /**
   * Opens the sidecar of a store; a missing one is created.
   *
   * @param readOnly true for an opener that may do without the right to write the sidecar
   * @throws StoreException if it cannot be had
   */
  static LockedFile open(Path store, boolean readOnly) {
    Path path = StorePaths.lockFile(store);
    try {
      return LockedFile.make(path);
    } catch (IOException e) {
      if (!readOnly) {
        throw notWritable(store, e);
      }
    }
    try {
      return LockedFile.open(path, false);
    } catch (NoSuchFileException e) {
      throw new StoreException(
          "the lock file of the store is missing and this process may not create it; open the store"
              + " once for writing, or create the file empty with read permission, lockFile="
              + path,
          e);
    } catch (IOException e) {
      throw new StoreException(
          "cannot read the lock file of the store: "
              + StorePaths.reason(e)
              + "; give this process the permission to read it, lockFile="
              + path,
          e);
    }
  }

  /**
   * Says that the sidecar cannot be written.
   *
   * @param e why; null if it is open for reading only
   */
  static StoreException notWritable(Path store, IOException e) {
    return new StoreException(
        "cannot write the lock file of the store: "
            + (e == null ? "it is open for reading only in this process" : StorePaths.reason(e))
            + "; give this process the permission to write it, or open the store with"
            + " readOnly(true), lockFile="
            + StorePaths.lockFile(store),
        e);
  }
}
