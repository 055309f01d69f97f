package io.tophash.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whether a store was last written in this run of the machine. */
@Tag("contract")
class BootIdTest {
  @Test
  void thisRunIsRecognised() {
    UUID current = BootId.current();
    assertSame(current, BootId.current());
    long high = current.getMostSignificantBits();
    long low = current.getLeastSignificantBits();
    // Where the system tells no id, nothing is known to be of this run.
    assertEquals(!current.equals(new UUID(0, 0)), BootId.isCurrent(high, low));
    assertFalse(BootId.isCurrent(high ^ 1, low));
    assertFalse(BootId.isCurrent(high, low ^ 1));
    assertFalse(BootId.isCurrent(0, 0));
  }
}
