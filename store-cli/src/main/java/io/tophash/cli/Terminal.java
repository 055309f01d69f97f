package io.tophash.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** How wide the terminal is. */
final class Terminal {
  /** For what is no terminal, and where it cannot be found out. */
  static final int DEFAULT_COLUMNS = 80;

  private static final int PATIENCE_SECONDS = 2;

  private Terminal() {}

  /**
   * The columns of the terminal that standard error is; {@value #DEFAULT_COLUMNS} if it is none.
   */
  static int columns(Console console) {
    if (!console.errIsTerminal()) {
      return DEFAULT_COLUMNS;
    }
    String told = System.getenv("COLUMNS");
    return told == null ? parse(askTerminal(), 1) : parse(told, 0);
  }

  /** The word of a text that has the columns, as a number. */
  private static int parse(String text, int word) {
    String[] words = text.strip().split(" ");
    try {
      int columns = word < words.length ? Integer.parseInt(words[word]) : 0;
      return columns > 0 ? columns : DEFAULT_COLUMNS;
    } catch (NumberFormatException e) {
      return DEFAULT_COLUMNS;
    }
  }

  // The JDK does not say it. POSIX has this command, which prints "rows columns".
  private static String askTerminal() {
    try {
      Process process =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return said;
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
