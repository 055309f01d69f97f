package io.tophash.cli;

import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The three standard streams. Output is bytes, and its failures are not swallowed as {@code
 * System.out} does: a reader that went away is a {@link PipeClosedException}.
 */
final class Console {
  /** Whoever read the output has gone; nothing is wrong. */
  static final class PipeClosedException extends IOException {
    private static final long serialVersionUID = 1L;

    PipeClosedException(IOException cause) {
      super("the reader of the output has gone", cause);
    }
  }

  private static final int BUFFER_BYTES = 1 << 16;

  private final InputStream in;
  private final OutputStream out;
  private final PrintWriter err;
  private final boolean outIsTerminal;
  private final boolean errIsTerminal;

  /**
   * @param in standard input
   * @param out standard output
   * @param err standard error
   * @param outIsTerminal true if a person looks at the output
   * @param errIsTerminal true if a person looks at the errors
   */
  Console(
      InputStream in,
      OutputStream out,
      OutputStream err,
      boolean outIsTerminal,
      boolean errIsTerminal) {
    this.in = in;
    this.outIsTerminal = outIsTerminal;
    this.out = new BufferedOutputStream(new PipeStream(out), BUFFER_BYTES);
    this.err = new PrintWriter(new OutputStreamWriter(err, StandardCharsets.UTF_8), true);
    this.errIsTerminal = errIsTerminal;
  }

  InputStream in() {
    return in;
  }

  /** Standard output, buffered; flushed at the end of the command. */
  OutputStream out() {
    return out;
  }

  /**
   * Standard output as UTF-8 text; to be flushed by who asks for it. On a terminal, what would
   * steer it is made visible: keys and values are anybody's.
   */
  Writer newWriter() {
    Writer writer = newPlainWriter();
    return outIsTerminal ? new BufferedWriter(VisibleText.writer(writer)) : writer;
  }

  /** The same for text that this program is the author of, and that may steer a terminal. */
  Writer newPlainWriter() {
    return new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
  }

  PrintWriter err() {
    return err;
  }

  boolean errIsTerminal() {
    return errIsTerminal;
  }

  /** Prints one line of text about what is noteworthy but no failure. */
  void note(String text) {
    err.println("tophash: " + oneLine(text));
  }

  /** A text on one line, and safe to look at. */
  static String oneLine(String text) {
    return VisibleText.of(text.replaceAll("\\s*\\R\\s*", " "));
  }

  private static final class PipeStream extends FilterOutputStream {
    PipeStream(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        throw explain(e);
      }
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void flush() throws IOException {
      try {
        out.flush();
      } catch (IOException e) {
        throw explain(e);
      }
    }

    private static IOException explain(IOException e) {
      String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
      return message.contains("broken pipe") || message.contains("pipe is being closed")
          ? new PipeClosedException(e)
          : e;
    }
  }
}
