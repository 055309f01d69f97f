package io.tophash.core.memory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Which process it is, so that another one can tell whether it lives, without any lock. A process
 * id alone is used again; with the start of the process it is not.
 *
 * <p>Both are numbers of a <em>world</em>: a run of a kernel, a namespace of process ids and one of
 * clocks. Nobody can judge a process of another world.
 *
 * @param pid process id
 * @param start when it was started, in units of the system
 * @param world in what this is a process id and a time
 */
public record ProcessIdentity(long pid, long start, long world) {
  /** What can be said of a process. */
  public enum State {
    /** It lives. */
    ALIVE,
    /** It has ended; no store of it comes any more. */
    DEAD,
    /** It is of another world, or the system does not show it. */
    UNKNOWN
  }

  /** The world of a process that nobody can judge, and which can judge nobody. */
  static final long UNKNOWABLE = -1;

  private static final Path PROC = Path.of("/proc");
  private static final String NUMBERS = "NSpid:";
  private static final boolean HAS_PROC = Files.isReadable(PROC.resolve("self/stat"));

  // Fields of /proc/PID/stat behind the name, which is in brackets.
  private static final int STATE = 0;
  private static final int FLAGS = 6;
  private static final int THREADS = 17;
  private static final int START = 19;

  // Of a thread that is on its way out of the kernel, and runs nothing of its process any more.
  private static final long EXITING = 4;

  /** Of more threads it is not looked at each: one listing has all of these. */
  private static final int MOST_THREADS = 1_000;

  private static final ProcessIdentity SELF = self();

  /** This process. */
  public static ProcessIdentity current() {
    return SELF;
  }

  private static ProcessIdentity self() {
    long pid = ProcessHandle.current().pid();
    if (!HAS_PROC) {
      long world = worldWithoutProc(System.getProperty("os.name", ""));
      return new ProcessIdentity(pid, startOf(ProcessHandle.current()), world);
    }
    String[] stat = stat(PROC.resolve("self/stat"));
    return new ProcessIdentity(
        pid,
        stat == null ? 0 : Long.parseLong(stat[START]),
        stat == null ? UNKNOWABLE : currentWorld());
  }

  /** 0 is the world of a system that has but one; a Linux that shows nothing may have many. */
  static long worldWithoutProc(String system) {
    return system.startsWith("Linux") ? UNKNOWABLE : 0;
  }

  /**
   * True if {@code /proc} tells of the namespace that this process is in: so it has one number
   * there, and no second one in a namespace below.
   *
   * @param status what it says of this process
   */
  static boolean tellsOfOwnNamespace(List<String> status) {
    for (String line : status) {
      if (line.startsWith(NUMBERS)) {
        return line.substring(NUMBERS.length()).trim().split("\\s+").length == 1;
      }
    }
    return true; // an old kernel, whose /proc is of the namespace of who has mounted it
  }

  private static boolean tellsOfOwnNamespace() {
    try {
      return tellsOfOwnNamespace(
          Files.readAllLines(PROC.resolve("self/status"), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return false;
    }
  }

  private static long currentWorld() {
    return tellsOfOwnNamespace() ? world(BootId.current()) : UNKNOWABLE;
  }

  /** The world of this process on a run of the machine. */
  static long world(UUID boot) {
    if (boot.getMostSignificantBits() == 0 && boot.getLeastSignificantBits() == 0) {
      return UNKNOWABLE;
    }
    long hash = boot.getMostSignificantBits() * 31;
    hash = (hash + boot.getLeastSignificantBits()) * 31;
    for (String namespace : new String[] {"pid", "time"}) {
      Path link = PROC.resolve("self/ns").resolve(namespace);
      try {
        hash = (hash + Files.readSymbolicLink(link).toString().hashCode()) * 0x9E37_79B9_7F4A_7C15L;
      } catch (IOException e) {
        hash *= 31; // an old kernel has no such namespace
      }
    }
    return hash == 0 || hash == UNKNOWABLE ? 1 : hash;
  }

  private static long startOf(ProcessHandle process) {
    Optional<Instant> start = process.info().startInstant();
    return start.isPresent() ? start.get().toEpochMilli() : 0;
  }

  /** True if it is this process. */
  public boolean isSelf() {
    return equals(SELF);
  }

  /**
   * Whether this process lives. One that was killed counts as living until the system has taken its
   * memory away, so that no store of it comes later.
   */
  public State state() {
    FileThread.dive(); // else the stack might end within the JDK's code
    if (pid <= 0) {
      return State.DEAD; // there never was one
    }
    if (world != SELF.world || world == UNKNOWABLE) {
      return State.UNKNOWN;
    }
    if (!HAS_PROC) {
      Optional<ProcessHandle> process = ProcessHandle.of(pid);
      return process.isPresent() && process.get().isAlive() && startOf(process.get()) == start
          ? State.ALIVE
          : State.DEAD;
    }
    return state(PROC);
  }

  /** The same by what the system says there. */
  State state(Path processes) {
    Path process = processes.resolve(Long.toString(pid));
    String[] stat = stat(process.resolve("stat"));
    if (stat == null) {
      // That it cannot be read says nothing: perhaps this process may open no more files. Where
      // others' processes are hidden, the first one is.
      return Files.notExists(process) && Files.exists(processes.resolve("1/stat"))
          ? State.DEAD
          : State.UNKNOWN;
    }
    if (Long.parseLong(stat[START]) != start) {
      return State.DEAD;
    }
    boolean hasEnded = stat[STATE].equals("Z") || stat[STATE].equals("X");
    return hasEnded && Long.parseLong(stat[THREADS]) <= 1 ? State.DEAD : State.ALIVE;
  }

  /**
   * True if the system is taking this process down, and no thread of it runs any of its
   * instructions any more: no store of it comes. Its memory and its locks may be there for quite a
   * while yet, on a busy machine.
   *
   * <p>A thread that is on its way out stays so, and makes no other. All of the first listing are,
   * which has as many as the process; so one that is not would be missing there, as its maker
   * would, or theirs: but of those one was there at the second listing, which has none that the
   * first has not.
   */
  public boolean isEnding() {
    FileThread.dive();
    if (pid <= 0 || world != SELF.world || world == UNKNOWABLE || !HAS_PROC) {
      return false;
    }
    return isEnding(PROC.resolve(Long.toString(pid)));
  }

  /** The same by what the system says there. */
  boolean isEnding(Path process) {
    String[] stat = stat(process.resolve("stat"));
    if (stat == null || !isExiting(stat) || Long.parseLong(stat[START]) != start) {
      return false;
    }
    Set<String> threads = threads(process);
    if (threads.size() != Long.parseLong(stat[THREADS])) {
      return false; // a listing ends early where a thread ends meanwhile
    }
    for (String thread : threads) {
      String[] one = stat(process.resolve("task").resolve(thread).resolve("stat"));
      if (one == null || !isExiting(one)) {
        return false; // it has ended since, or this process cannot read: the next look says
      }
    }
    return threads.containsAll(threads(process));
  }

  private static boolean isExiting(String[] stat) {
    return (Long.parseLong(stat[FLAGS]) & EXITING) != 0;
  }

  /** Numbers of a process's threads; empty if there are too many, or it is gone. */
  private static Set<String> threads(Path process) {
    String[] threads = process.resolve("task").toFile().list();
    return threads == null || threads.length > MOST_THREADS ? Set.of() : Set.of(threads);
  }

  private static String[] stat(Path file) {
    try {
      // Bytes, as a name need not be UTF-8.
      String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
      String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
      return fields.length > START ? Arrays.copyOf(fields, START + 1) : null;
    } catch (IOException | IndexOutOfBoundsException e) {
      return null; // it has ended, also between the open and the read
    }
  }
}
