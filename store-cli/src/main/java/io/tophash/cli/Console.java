package io.tophash.cli;

import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
  private final boolean errIsTerminal;

  Console(InputStream in, OutputStream out, OutputStream err, boolean errIsTerminal) {
    this.in = in;
    this.out = new BufferedOutputStream(new PipeStream(out), BUFFER_BYTES);
    this.err = new PrintWriter(new OutputStreamWriter(err, StandardCharsets.UTF_8), true);
    this.errIsTerminal = errIsTerminal;
  }

  /** The streams of this process. */
  static Console system() {
    return new Console(
        System.in,
        new FileOutputStream(FileDescriptor.out),
        new FileOutputStream(FileDescriptor.err),
        isTerminal(2));
  }

  // System.console() tells about stdin and stdout, not about stderr, and differs between JDKs.
  private static boolean isTerminal(int descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  InputStream in() {
    return in;
  }

  /** Standard output, buffered; flushed at the end of the command. */
  OutputStream out() {
    return out;
  }

  /** Standard output as UTF-8 text; to be flushed by who asks for it. */
  Writer newWriter() {
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

  static String oneLine(String text) {
    return text.replaceAll("\\s*\\R\\s*", " ");
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
