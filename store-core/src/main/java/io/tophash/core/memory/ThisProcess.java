package io.tophash.core.memory;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Instant;

/** What this process notes about itself in a file, for people. */
public final class ThisProcess {
  private ThisProcess() {}

  /** The process id. */
  public static long pid() {
    return ProcessHandle.current().pid();
  }

  /** When the process was started; null where the system does not tell it. */
  public static Instant started() {
    return ProcessHandle.current().info().startInstant().orElse(null);
  }

  /** The name of this host. */
  public static String hostName() {
    String name = System.getenv("HOSTNAME");
    if (name != null) {
      return name;
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      return "unknown";
    }
  }
}
