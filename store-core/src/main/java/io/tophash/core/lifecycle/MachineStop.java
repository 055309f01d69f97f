package io.tophash.core.lifecycle;

import io.tophash.core.errors.CorruptStoreException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;

/** What is said of a store that is verified because {@link OpenMark#mayHaveLostWrites}. */
public final class MachineStop {
  private static final Logger LOG = System.getLogger("io.tophash");

  private MachineStop() {}

  /** Logs that the verification begins, as it may take long. */
  public static void logBegin(Path store) {
    LOG.log(
        Level.WARNING,
        "the machine stopped while the store was not yet written back; it is verified now, store={0}",
        store);
  }

  /** Logs its result. */
  public static void logEnd(Path store, long entries, long findings) {
    LOG.log(Level.INFO, "verified: entries={0} findings={1} store={2}", entries, findings, store);
  }

  /**
   * Why the store is not served then.
   *
   * @param findings number of broken invariants
   * @param section where the first one is, as for {@link CorruptStoreException}
   * @param position where the first one is
   * @param problem what the first one is
   */
  public static CorruptStoreException corrupt(
      long findings, String section, long position, String problem) {
    return new CorruptStoreException(
        section,
        position,
        "the machine stopped while the store was not yet written back, and "
            + findings
            + " invariants are broken; the first: "
            + problem);
  }
}
