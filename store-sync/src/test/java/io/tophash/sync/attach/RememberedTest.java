package io.tophash.sync.attach;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("contract")
class RememberedTest {
  @Test
  void knowsEachPathAtSixteenBytesOrLess() {
    Remembered remembered = new Remembered();
    for (int i = 0; i < 1_000; i++) {
      assertTrue(remembered.add(Path.of("/stores", i + ".tph")));
    }
    for (int i = 0; i < 1_000; i++) {
      assertFalse(remembered.add(Path.of("/stores", i + ".tph")));
    }
    assertTrue(remembered.capacity() <= 2_048);
  }
}
