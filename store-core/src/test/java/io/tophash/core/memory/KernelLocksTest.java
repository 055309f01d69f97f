package io.tophash.core.memory;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("contract")
class KernelLocksTest {
  private static final long CANARY = LockedFile.CANARIES + 12_345;

  private static KernelLocks parse(String... lines) {
    return KernelLocks.parse((String.join("\n", lines) + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void findsTheCanariesAmongTheKernelsLines() {
    KernelLocks locks =
        parse(
            "1: POSIX  ADVISORY  WRITE 4711 08:02:131 0 4095",
            "2: POSIX  ADVISORY  READ  4711 08:02:131 " + CANARY + " " + CANARY,
            "2: -> POSIX  ADVISORY  WRITE 4712 08:02:131 4080 4080",
            "3: FLOCK  ADVISORY  WRITE 1 00:1a:5 0 EOF",
            "4: POSIX  ADVISORY  READ  9 08:02:9 " + (CANARY + 7) + " " + (CANARY + 7));
    assertTrue(locks.has(CANARY));
    assertTrue(locks.has(CANARY + 7));
    assertFalse(locks.has(CANARY + 1));
    assertFalse(locks.has(4095));
  }

  @Test
  void makesNothingOfWhatItDoesNotKnow() {
    assertFalse(KernelLocks.parse(new byte[0]).has(CANARY));
    assertFalse(
        parse("", " ", "x", "9999999999999999999999 99", "a".repeat(30) + " b").has(CANARY));
    assertFalse(
        KernelLocks.parse(("unfinished " + CANARY + " 1").getBytes(StandardCharsets.US_ASCII))
            .has(CANARY));
  }
}
