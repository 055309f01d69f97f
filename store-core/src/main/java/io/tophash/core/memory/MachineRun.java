package io.tophash.core.memory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * On which run of the machine this process is, as a number that it notes in a file for others; 0 if
 * it cannot vouch for that. Of two living processes that vouch for theirs, and have the same file
 * open, the numbers are the same: the file system is one that a single kernel has mounted, and the
 * boot id is that of this kernel. So who noted another number has ended.
 *
 * <p>Any thread.
 */
public final class MachineRun {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

  /** File systems that no two kernels have mounted at a time. */
  private static final Set<String> LOCAL =
      Set.of("ext2", "ext3", "ext4", "f2fs", "tmpfs", "xfs", "zfs");

  // Words of a line of the list; the type stands behind a word that is "-".
  private static final int DEVICE = 2;
  private static final int OPTIONAL = 6;

  private MachineRun() {}

  /** The number for who has these files open; of one that is not there yet its directory counts. */
  public static long of(Path... files) {
    try {
      String mounts = new String(Files.readAllBytes(MOUNTS), StandardCharsets.ISO_8859_1);
      // The id that was read first may be of another machine: an image of a process was started
      // here.
      boolean same = BootId.read().equals(BootId.current());
      return same && vouches(mounts, BOOT_ID, files) ? current() : 0;
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return 0; // the system does not tell
    }
  }

  /** True if one of them has ended, as both vouch, and not for the same run. */
  public static boolean differ(long one, long other) {
    return one != 0 && other != 0 && one != other;
  }

  static boolean vouches(String mounts, Path bootId, Path... files) throws IOException {
    boolean vouches = "proc".equals(type(mounts, bootId));
    for (Path file : files) {
      vouches &= LOCAL.contains(type(mounts, Files.exists(file) ? file : file.getParent()));
    }
    return vouches;
  }

  private static long current() {
    long high = BootId.current().getMostSignificantBits();
    long low = BootId.current().getLeastSignificantBits();
    return (high | low) == 0 ? 0 : (high * 31 + low) * 0x9E37_79B9_7F4A_7C15L | 1;
  }

  /** The type of the file system in which a file is; empty if it is in none of the list. */
  private static String type(String mounts, Path file) throws IOException {
    long number = ((Number) Files.getAttribute(file, "unix:dev")).longValue();
    long major = number >>> 8 & 0xFFF | number >>> 32 & ~0xFFFL;
    long minor = number & 0xFF | number >>> 12 & 0xFFFF_FF00L;
    String device = major + ":" + minor;
    for (String line : mounts.split("\n")) {
      String[] words = line.split(" ");
      if (words.length > OPTIONAL && words[DEVICE].equals(device)) {
        return typeIn(words);
      }
    }
    return "";
  }

  private static String typeIn(String[] words) {
    for (int i = OPTIONAL; i + 1 < words.length; i++) {
      if (words[i].equals("-")) {
        return words[i + 1];
      }
    }
    return "";
  }
}
