package io.tophash.cli;

import java.io.File;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The standard streams as this process was started with them. Whoever starts it may have closed one
 * (by {@code <&-} in a shell); its number is then given to the next file that the JVM opens, such
 * as the file with the classes of the JDK, or a store. Such a stream is never read or written, and
 * no file that is opened later gets a number that is still free.
 */
final class StandardStream {
  private static final Path NUMBERS = Path.of("/proc/self/fd");

  private static final int OUT = 1;
  private static final int ERR = 2;

  // Linux: two bits of the flags say for what a file was opened.
  private static final int ACCESS_MODE = 3;
  private static final int READ_ONLY = 0;
  private static final int WRITE_ONLY = 1;

  // Set on what the JVM opens, and never on what a process is started with.
  private static final int CLOSE_ON_EXEC = 0x80000;

  private static final List<InputStream> PLACEHOLDERS = new ArrayList<>();

  private StandardStream() {}

  /** The streams of this process; to be called before anything else opens a file. */
  static Console console() {
    boolean in = isOpen(0, WRITE_ONLY);
    boolean out = isOpen(OUT, READ_ONLY);
    boolean err = isOpen(ERR, READ_ONLY);
    takeFreeNumbers();
    return new Console(
        in ? new OpenInput(System.in) : new ClosedInput(),
        out ? new FileOutputStream(FileDescriptor.out) : new ClosedOutput("output"),
        err ? new FileOutputStream(FileDescriptor.err) : new ClosedOutput("error"),
        out && isTerminal(OUT),
        err && isTerminal(ERR));
  }

  /**
   * False if a number is not open for what it is used for, or is that of a file that the JVM has
   * opened itself. Where there is no {@code /proc} the shell script has looked after it.
   */
  private static boolean isOpen(int number, int uselessMode) {
    if (!Files.isDirectory(NUMBERS)) {
      return true;
    }
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + number))) {
        if (line.startsWith("flags:")) {
          int flags = Integer.parseInt(line.substring("flags:".length()).strip(), 8);
          return (flags & CLOSE_ON_EXEC) == 0
              && (flags & ACCESS_MODE) != uselessMode
              && !isOfThisProgram(Files.readSymbolicLink(NUMBERS.resolve("" + number)));
        }
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  // The file with the classes of the JDK is opened without that flag.
  private static boolean isOfThisProgram(Path file) throws IOException {
    if (file.startsWith(Path.of(System.getProperty("java.home")).toRealPath())) {
      return true;
    }
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (file.equals(Path.of(entry).toAbsolutePath().normalize())) {
        return true;
      }
    }
    return false;
  }

  private static void takeFreeNumbers() {
    try {
      for (int number = 0; number <= ERR; number++) {
        if (Files.isDirectory(NUMBERS)
            && !Files.exists(NUMBERS.resolve("" + number), LinkOption.NOFOLLOW_LINKS)) {
          PLACEHOLDERS.add(new FileInputStream("/dev/null")); // gets the lowest free number
        }
      }
    } catch (IOException e) {
      // Nothing is lost yet, and a store is safe if the number is not written, which it is not.
    }
  }

  // System.console() tells about stdin and stdout, not about stderr, and differs between JDKs.
  private static boolean isTerminal(int number) {
    try {
      String target = Files.readSymbolicLink(NUMBERS.resolve("" + number)).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  /** Standard input that stays open when its reader is closed: the JVM would reuse its number. */
  private static final class OpenInput extends FilterInputStream {
    OpenInput(InputStream in) {
      super(in);
    }

    @Override
    public void close() {
      // It is the process's, not the command's.
    }
  }

  private static final class ClosedInput extends InputStream {
    @Override
    public int read() throws IOException {
      throw new IOException("standard input is closed");
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return read();
    }
  }

  private static final class ClosedOutput extends OutputStream {
    private final String name;

    ClosedOutput(String name) {
      this.name = name;
    }

    @Override
    public void write(int b) throws IOException {
      throw new IOException("standard " + name + " is closed");
    }
  }
}
