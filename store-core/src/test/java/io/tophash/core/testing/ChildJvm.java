package io.tophash.core.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Another JVM that runs a main class of the tests: for what concerns a whole process (locks, kills,
 * JVM flags). Parent and child talk in lines; the child ends when it is closed or killed.
 */
public final class ChildJvm implements AutoCloseable {
  private static final String LOG = "log: ";

  private final Process process;
  private final BufferedReader output;

  private ChildJvm(Process process) {
    this.process = process;
    this.output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Starts the class without any JVM flag. */
  public static ChildJvm start(Class<?> main, Object... arguments) {
    return start(List.of(), main, arguments);
  }

  /** Starts the class with these JVM flags; one of them may be another class path. */
  public static ChildJvm start(List<String> jvmFlags, Class<?> main, Object... arguments) {
    return start("", jvmFlags, main, arguments);
  }

  /** Starts the class after a shell command, such as one that sets a limit for the process. */
  public static ChildJvm start(
      String shellCommand, List<String> jvmFlags, Class<?> main, Object... arguments) {
    List<String> command = new ArrayList<>();
    if (!shellCommand.isEmpty()) {
      command.addAll(List.of("sh", "-c", shellCommand + " && exec \"$@\"", "sh"));
    }
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"));
    command.add("-Djava.util.logging.SimpleFormatter.format=" + LOG + "%4$s: %5$s%n");
    command.addAll(List.of("-cp", classPath()));
    command.addAll(jvmFlags);
    command.add(main.getName());
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    try {
      return new ChildJvm(new ProcessBuilder(command).redirectErrorStream(true).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The class path of the tests. */
  public static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  /** Process id of the child. */
  public long pid() {
    return process.pid();
  }

  /** Sends a line to the child's input; false if it is gone. */
  public boolean writeLine(String line) {
    try {
      process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Waits for the next line that the child prints; null at its end. Lines of its log are passed by:
   * whether and when there are any is up to the machine.
   */
  public String readLine() {
    try {
      String line = output.readLine();
      while (line != null && line.startsWith(LOG)) {
        line = output.readLine();
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for the child's end and returns all that it still printed. */
  public String readAll() {
    return output.lines().collect(Collectors.joining("\n"));
  }

  /** Ends the child as {@code kill -9} does, and waits until it is gone. */
  public void kill() {
    process.destroyForcibly();
    waitForEnd();
  }

  /** Waits for the child's end. */
  public int waitForEnd() {
    boolean interrupted = false;
    while (true) {
      try {
        int status = process.waitFor();
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
        return status;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
  }

  /** Waits for the child's end, which must be a good one. */
  public void assertSucceeds() {
    String rest = readAll();
    assertEquals(0, waitForEnd(), rest);
  }

  @Override
  public void close() {
    kill();
  }
}
