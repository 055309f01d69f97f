package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tophash.core.RecoveryReport;
import io.tophash.core.VerifyProgress;
import io.tophash.core.codec.Codecs;
import io.tophash.core.errors.UnsettledStoreException;
import io.tophash.core.testing.MachineStopCases;
import io.tophash.core.testing.Opened;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** The first open of a {@code SyncStore} after a stop of the machine. */
@Tag("fault")
class MachineStopTest extends MachineStopCases {
  @Override
  protected Opened<String, String> open(Path path, boolean readOnly, VerifyProgress progress) {
    return Opened.of(
        SyncStore.builder(Codecs.utf8(), Codecs.utf8())
            .windowBytes(1 << 20)
            .readOnly(readOnly)
            .verifyProgress(progress)
            .open(path));
  }

  @Override
  protected RecoveryReport recover(Path damaged, Path target) {
    return SyncStoreRecovery.recover(damaged, target);
  }

  /** It may not settle what is owed. */
  @Override
  protected void assertReadOnly(Opening opening) {
    assertThrows(UnsettledStoreException.class, opening::run);
  }
}
