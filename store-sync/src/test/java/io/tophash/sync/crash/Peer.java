package io.tophash.sync.crash;

import io.tophash.core.crash.CrashHook;
import io.tophash.core.testing.ChildJvm;
import io.tophash.sync.crash.Participant.End;
import io.tophash.sync.crash.Participant.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A participating process, seen from the test: what it has acknowledged, and how to end it. */
final class Peer implements AutoCloseable {
  private final ChildJvm child;
  private final Thread reader;
  private final Queue<String> other = new ConcurrentLinkedQueue<>();
  private volatile long acknowledged;
  private volatile long lines;

  private Peer(ChildJvm child, long first) {
    this.child = child;
    this.acknowledged = first;
    this.reader = new Thread(this::readLines, "acknowledgements");
    reader.setDaemon(true);
    reader.start();
  }

  static Peer start(Role role, Stage stage, int writer, long first, long operations) {
    return start(role, stage, writer, first, operations, End.NONE, "-", 0);
  }

  static Peer start(
      Role role,
      Stage stage,
      int writer,
      long first,
      long operations,
      End end,
      String point,
      int times) {
    List<String> flags =
        end == End.NONE
            ? List.of("-Xmx96m", "-XX:+UseSerialGC")
            : List.of(
                "-Xmx96m", "-XX:+UseSerialGC", "-Dtophash.crashHook=" + CrashHook.class.getName());
    return new Peer(
        ChildJvm.start(
            flags,
            Participant.class,
            role,
            stage.kind(),
            stage.path(),
            stage.shards(),
            writer,
            first,
            operations,
            end,
            point,
            times),
        first);
  }

  /** The store in question. */
  record Stage(Target.Kind kind, Path path, int shards) {
    Target<?, ?> open() {
      return Target.open(kind, path, shards);
    }
  }

  private void readLines() {
    for (String line = child.readLine(); line != null; line = child.readLine()) {
      if (!line.isEmpty() && line.chars().allMatch(Character::isDigit)) {
        acknowledged = Long.parseLong(line);
        lines++;
      } else {
        other.add(line);
      }
    }
  }

  /** Number of operations that it has acknowledged; all of them once it has ended. */
  long acknowledged() {
    return acknowledged;
  }

  /** Number of lines with acknowledgements. */
  long lines() {
    return lines;
  }

  /** What else it said. */
  Queue<String> said() {
    return other;
  }

  long pid() {
    return child.pid();
  }

  /** False once it has ended and all that it said is known. */
  boolean isRunning() {
    return reader.isAlive();
  }

  /** Waits for so many more acknowledgements; false if it ended before. */
  boolean awaitLines(long more) {
    long wanted = lines + more;
    while (lines < wanted) {
      if (!reader.isAlive()) {
        return false;
      }
      Thread.yield();
    }
    return true;
  }

  /** Waits until the kernel says that it is stopped. */
  void awaitStopped() {
    try {
      while (true) {
        if (isStopped(pid())) {
          return;
        }
        Thread.yield();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the process has ended: " + other, e);
    }
  }

  /** True if a process was stopped by a signal and does not go on yet. */
  static boolean isStopped(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    return stat.substring(stat.lastIndexOf(')')).startsWith(") T");
  }

  void signal(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits for its end. */
  int await() {
    int status = child.waitForEnd();
    joinReader();
    return status;
  }

  private void joinReader() {
    try {
      reader.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Ends it as {@code kill -9} does. */
  void kill() {
    // By its handle: a process closes its streams when it is destroyed.
    ProcessHandle.of(pid()).ifPresent(ProcessHandle::destroyForcibly);
    child.waitForEnd();
    joinReader();
  }

  @Override
  public void close() {
    kill();
  }
}
