package io.tophash.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Another JVM of the demo, and the longs that it says. It says them into a file: what a process has
 * handed to the kernel before it was killed is there, to the last word. (A pipe would do, but the
 * JDK's end of it may lose what comes just before the death of the child.)
 */
final class DemoProcess implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Process process;
  private final Path output;
  private final Path errors;
  private long firstNanos;
  private long lastNanos;

  /**
   * Starts a JVM like this one.
   *
   * @param command what the new one does: a command of this program with its arguments
   * @param fast true for the fast memory mode
   * @param files where its output goes, without an extension
   */
  DemoProcess(List<String> command, boolean fast, Path files) throws IOException {
    output = files.resolveSibling(files.getFileName() + ".out");
    errors = files.resolveSibling(files.getFileName() + ".err");
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (fast) {
      line.add("--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED");
    }
    line.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC"));
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), Tophash.class.getName()));
    line.addAll(command);
    process =
        new ProcessBuilder(line)
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start();
  }

  long pid() {
    return process.pid();
  }

  /** Waits until it has said something. */
  void awaitFirst(Interruption interruption) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (Files.size(output) < Long.BYTES) {
      if (!process.isAlive() || System.nanoTime() > deadline || interruption.isRequested()) {
        close();
        throw new CliException(
            ExitCode.INTERNAL, "a process of the demo did not begin: " + trouble());
      }
      pause(1);
    }
    firstNanos = System.nanoTime();
  }

  static void pause(long ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Kills it where it stands: SIGKILL, where there are signals. */
  void kill() {
    lastNanos = System.nanoTime();
    process.destroyForcibly();
    await();
  }

  /** Asks it to end, and waits. */
  void end() {
    lastNanos = System.nanoTime();
    closeInput();
    await();
  }

  /** Asks it to end. */
  void closeInput() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It has gone already.
    }
  }

  /** Waits until it has said this word. */
  void awaitWord(long word, Interruption interruption) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!hasSaid(word)) {
      if (!process.isAlive() || System.nanoTime() > deadline || interruption.isRequested()) {
        close();
        throw new CliException(
            ExitCode.INTERNAL, "a process of the demo did not go on: " + trouble());
      }
      pause(1);
    }
  }

  private boolean hasSaid(long word) throws IOException {
    LongBuffer said = said();
    while (said.hasRemaining()) {
      if (said.get() == word) {
        return true;
      }
    }
    return false;
  }

  private void await() {
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** All that it has said so far. */
  LongBuffer said() throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(output)).asLongBuffer();
  }

  /** Time between its first word and its end. */
  long nanos() {
    return lastNanos - firstNanos;
  }

  boolean endedWell() {
    return !process.isAlive() && process.exitValue() == 0;
  }

  /** What it complained about. */
  String trouble() throws IOException {
    String text = Files.readString(errors).strip();
    return text.isEmpty() ? "exit=" + (process.isAlive() ? "none" : process.exitValue()) : text;
  }

  /** Ends it, if it has not ended. */
  @Override
  public void close() {
    process.destroyForcibly();
    await();
  }
}
