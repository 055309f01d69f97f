package io.tophash.core.memory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * The canaries in the kernel's list of all locks, as it was once. The list has a line for each lock
 * of each process, and takes the kernel some time to write where there are thousands; so it is read
 * once for all that is to be looked up in it.
 */
final class KernelLocks {
  private static final Path LIST = Path.of("/proc/locks");
  private static final int CANARY_DIGITS = Long.toString(LockedFile.CANARIES).length();

  private final Set<Long> canaries = new HashSet<>();

  private KernelLocks() {}

  /** Reads the list; empty if the system has none to show. */
  static KernelLocks read() {
    try {
      return parse(Files.readAllBytes(LIST));
    } catch (IOException e) {
      return new KernelLocks();
    }
  }

  /** Of each line the second last word is where the lock begins. */
  static KernelLocks parse(byte[] list) {
    KernelLocks locks = new KernelLocks();
    int end = 0; // of the word before the last blank
    int begin = 0;
    for (int i = 0; i < list.length; i++) {
      if (list[i] == ' ') {
        begin = end;
        end = i;
      } else if (list[i] == '\n') {
        locks.add(list, begin + 1, end);
        begin = i;
        end = i;
      }
    }
    return locks;
  }

  private void add(byte[] list, int from, int to) {
    if (to - from < CANARY_DIGITS) {
      return; // a lock on a lower byte
    }
    try {
      canaries.add(Long.parseLong(new String(list, from, to - from, StandardCharsets.US_ASCII)));
    } catch (NumberFormatException e) {
      // Whatever it is, it is no canary.
    }
  }

  /** True if there is a lock that begins at this byte, one of the canaries'. */
  boolean has(long canary) {
    return canaries.contains(canary);
  }
}
