package io.tophash.core.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Identifies the run of the machine: data in the page cache survives a process, not a reboot. */
public final class BootId {
  private static final UUID CURRENT = read();

  private BootId() {}

  /** What the system says now, which is {@link #current} unless somebody changed it. */
  static UUID read() {
    try {
      String text = Files.readString(Path.of("/proc/sys/kernel/random/boot_id"));
      return UUID.fromString(text.trim());
    } catch (IOException | IllegalArgumentException e) {
      return new UUID(0, 0);
    }
  }

  /** The boot id; zero where the system does not tell it. */
  public static UUID current() {
    return CURRENT;
  }

  /** True if this is known to be the same run of the machine. */
  public static boolean isCurrent(long high, long low) {
    return (high | low) != 0
        && high == CURRENT.getMostSignificantBits()
        && low == CURRENT.getLeastSignificantBits();
  }
}
