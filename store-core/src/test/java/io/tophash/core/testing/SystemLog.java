package io.tophash.core.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** What the stores tell the system log while this is open, by any thread. */
public final class SystemLog extends Handler implements AutoCloseable {
  private final List<String> said = new ArrayList<>();
  // Held here: a logger that nobody holds is forgotten, with its handlers.
  private final Logger logger;

  /** Listens to all that the project says. */
  public SystemLog() {
    this("io.tophash");
  }

  /** Listens to one name and what is below it. */
  public SystemLog(String name) {
    logger = Logger.getLogger(name);
    logger.addHandler(this);
  }

  /** True if a line had this text. */
  public synchronized boolean hasSaid(String text) {
    return said.stream().anyMatch(line -> line.contains(text));
  }

  /** The lines, in order. */
  public synchronized List<String> lines() {
    return List.copyOf(said);
  }

  /** Forgets what was said. */
  public synchronized void clear() {
    said.clear();
  }

  @Override
  public synchronized void publish(LogRecord line) {
    said.add(new SimpleFormatter().formatMessage(line));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
  }

  @Override
  public String toString() {
    return lines().toString();
  }
}
