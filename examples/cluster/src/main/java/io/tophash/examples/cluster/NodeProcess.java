package io.tophash.examples.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A JVM that is a node, for the one that has started it. For one thread. */
final class NodeProcess implements AutoCloseable {
  private final Process process;
  private final Path errors;
  private final BufferedReader answers;

  /** What its files had before it joined, as {@link #ask} returns numbers. */
  private final long[] before;

  /**
   * Starts a node and waits until it has joined.
   *
   * @param number from 1 on
   * @param ports of all nodes
   * @param directory for the files of all nodes
   */
  NodeProcess(int number, Ports ports, Path directory, long entriesOnHeap) throws IOException {
    Path own = directory.resolve("node-" + number);
    errors = directory.resolve("node-" + number + ".log");
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-Dcluster.port=" + ports.of(number),
                "-Dcluster.hosts=" + ports.hosts(),
                "-Dcluster.offset=" + Ports.OFFSET,
                "-Djava.net.preferIPv4Stack=true",
                "-cp",
                System.getProperty("java.class.path"),
                Node.class.getName(),
                "node-" + number,
                own.toString(),
                Long.toString(entriesOnHeap))
            .redirectError(errors.toFile())
            .start();
    answers = process.inputReader(StandardCharsets.US_ASCII);
    before = readAnswer();
  }

  long[] before() {
    return before;
  }

  /** Sends a command and waits for the numbers that it answers. */
  long[] ask(String command, int number) throws IOException {
    Writer out = process.outputWriter(StandardCharsets.US_ASCII);
    out.write(command + " " + number + "\n");
    out.flush();
    return readAnswer();
  }

  private long[] readAnswer() throws IOException {
    for (String line = answers.readLine(); line != null; line = answers.readLine()) {
      if (line.startsWith("= ")) {
        return Arrays.stream(line.substring(2).split(" ")).mapToLong(Long::parseLong).toArray();
      }
    }
    List<String> log = Files.readAllLines(errors);
    throw new IOException(
        "a node has ended: "
            + String.join("\n", log.subList(Math.max(0, log.size() - 20), log.size())));
  }

  /** Kills it where it stands: SIGKILL, where there are signals. */
  void kill() {
    process.destroyForcibly();
    boolean interrupted = false;
    while (process.isAlive()) {
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    kill();
  }
}
