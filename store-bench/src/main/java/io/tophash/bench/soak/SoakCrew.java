package io.tophash.bench.soak;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Who works in a soak: the threads of this process, and another process with threads of its own,
 * which is killed at random and started again. The first failure of any of them is kept.
 */
final class SoakCrew {
  private static final int FIRST_KILL = 5;

  private final boolean isChild;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final List<Thread> running = new ArrayList<>();
  private final Random random = new Random();
  private ProcessBuilder command;
  private Process other;
  private int nextKill = FIRST_KILL;
  private int kills;

  /**
   * @param isChild true in the other process, which ends at a failure
   */
  SoakCrew(boolean isChild) {
    this.isChild = isChild;
  }

  /** Starts a thread of this process. */
  void start(Runnable work) {
    Thread thread = new Thread(work, "soak-" + running.size());
    thread.setUncaughtExceptionHandler(
        (t, e) -> {
          e.printStackTrace();
          failure.compareAndSet(null, e);
          if (isChild) {
            Runtime.getRuntime().halt(3);
          }
        });
    thread.start();
    running.add(thread);
  }

  /** Waits for the threads, which were told to end. */
  void join() throws InterruptedException {
    for (Thread thread : running) {
      thread.join();
    }
  }

  /** Starts the other process: the same program with these arguments. */
  void startOther(Class<?> program, Path log, List<String> arguments) throws IOException {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC"));
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    words.addAll(arguments);
    command =
        new ProcessBuilder(words)
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    other = command.start();
  }

  /** What goes on in a second. */
  interface Second {
    /**
     * @param event kill or start; empty if there is time for something else
     */
    void run(int second, String event) throws Exception;
  }

  /** Kills the other process now and then, and does something each second, until a failure. */
  void run(double minutes, Second each) throws Exception {
    long start = System.nanoTime();
    long end = start + (long) (minutes * TimeUnit.MINUTES.toNanos(1));
    for (int second = 1; System.nanoTime() < end && failure.get() == null; second++) {
      String event = killOrStart(second);
      each.run(second, event);
      long next = start + TimeUnit.SECONDS.toNanos(second);
      TimeUnit.NANOSECONDS.sleep(Math.max(0, next - System.nanoTime()));
    }
  }

  private String killOrStart(int second) throws Exception {
    if (second == nextKill) {
      endOther();
      kills++;
      nextKill += 3 + random.nextInt(10);
      return "kill";
    }
    if (other.isAlive()) {
      return "";
    }
    if (other.exitValue() != 128 + 9) {
      fail("the other process failed: " + other.exitValue());
    }
    other = command.start();
    return "start";
  }

  /** Ends the other process as a kill does. */
  void endOther() throws InterruptedException {
    other.destroyForcibly().waitFor();
  }

  void fail(String why) {
    failure.compareAndSet(null, new IllegalStateException(why));
  }

  /** The first failure, or null. */
  Throwable failure() {
    return failure.get();
  }

  int kills() {
    return kills;
  }

  Process other() {
    return other;
  }
}
