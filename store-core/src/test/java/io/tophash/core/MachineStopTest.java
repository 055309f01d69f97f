package io.tophash.core;

import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.MachineStopCases;
import io.tophash.core.testing.Opened;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** The first open of a {@code HashStore} after a stop of the machine. */
@Tag("fault")
class MachineStopTest extends MachineStopCases {
  @Override
  protected Opened<String, String> open(Path path, boolean readOnly, VerifyProgress progress) {
    return Opened.of(
        HashStore.builder(Codecs.utf8(), Codecs.utf8())
            .windowBytes(1 << 20)
            .readOnly(readOnly)
            .verifyProgress(progress)
            .open(path));
  }

  @Override
  protected SalvageReport recover(Path damaged, Path target) {
    return HashStoreSalvage.run(damaged, target);
  }

  /** It has nothing to settle. */
  @Override
  protected void assertReadOnly(Opening opening) {
    opening.run();
  }
}
