package io.tophash.cli;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.StoreException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The {@code tophash} command: with no subcommand it prints its usage. */
@Command(
    name = "tophash",
    description = "Looks into and works on Tophash store files.",
    mixinStandardHelpOptions = true,
    versionProvider = Tophash.Version.class,
    footer = {
      "",
      "Environment: TOPHASH_JAVA_OPTS holds more options for the JVM, such as -Xmx4g.",
      "To see it work: tophash demo",
      "To measure it beside other stores, from its source tree: tophash bench --help"
    })
public final class Tophash implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of a failure.")
  private boolean debug;

  private Tophash() {}

  /**
   * Runs the command and exits with its exit code.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    Console console = StandardStream.console(); // before any other file is opened
    System.exit(runAsGiven(console, args));
  }

  private static int runAsGiven(Console console, String[] args) {
    try {
      return run(console, Arguments.asGiven(args));
    } catch (CliException e) {
      return explain(console, "tophash", e);
    }
  }

  /** Runs a command on the given streams and returns its exit code. */
  static int run(Console console, String... args) {
    CommandLine line = commandLine(console);
    try {
      int code = line.execute(args);
      line.getOut().flush();
      try {
        console.out().flush();
      } catch (IOException e) {
        return code == ExitCode.STORE ? code : explain(console, "tophash", e); // said already
      }
      return code;
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      return explain(console, "tophash", e);
    } finally {
      console.err().flush();
    }
  }

  private static CommandLine commandLine(Console console) {
    Tophash root = new Tophash();
    CommandLine line =
        new CommandLine(root)
            .addSubcommand(new DemoCommand(console))
            .addSubcommand(new DemoChild(console))
            .addSubcommand(new CacheDemoChild(console))
            .addSubcommand(new LoadCommand(console))
            .addSubcommand(new GetCommand(console))
            .addSubcommand(new PutCommand(console))
            .addSubcommand(new DeleteCommand(console))
            .addSubcommand(new ScanCommand(console))
            .addSubcommand(new ExportCommand(console))
            .addSubcommand(new StatCommand(console))
            .addSubcommand(new WatchCommand(console))
            .addSubcommand(new VerifyCommand(console))
            .addSubcommand(new CheckpointCommand(console))
            .addSubcommand(new CompactCommand(console))
            .addSubcommand(new BackupCommand(console))
            .addSubcommand(new RecoverCommand(console));
    line.setOut(new PrintWriter(console.newPlainWriter()));
    line.setErr(console.err());
    line.setExpandAtFiles(false); // a key may begin with @
    line.registerConverter(Path.class, Tophash::path);
    line.registerConverter(Duration.class, WaitOption::parse);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler((e, args) -> usageError(console, e));
    line.setExecutionExceptionHandler(
        (e, command, parsed) -> {
          if (root.debug) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace, true));
            console.err().print(VisibleText.of(trace.toString()));
          }
          return explain(console, command.getCommandSpec().qualifiedName(), e);
        });
    for (CommandLine sub : line.getSubcommands().values()) {
      sub.getCommandSpec().usageMessage().exitCodeListHeading("%nExit codes:%n");
      sub.getCommandSpec().usageMessage().exitCodeList(ExitCode.LIST);
    }
    line.getCommandSpec().usageMessage().exitCodeListHeading("%nExit codes:%n");
    line.getCommandSpec().usageMessage().exitCodeList(ExitCode.LIST);
    return line;
  }

  /** A file's name as a path. */
  static Path path(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new TypeConversionException(
          "the locale of this process has no such file name; use a UTF-8 locale, such as"
              + " LC_ALL=C.UTF-8, file="
              + name);
    }
  }

  private static int usageError(Console console, ParameterException e) {
    String name = e.getCommandLine().getCommandSpec().qualifiedName();
    console
        .err()
        .println(name + ": " + Console.oneLine(e.getMessage()) + "; see " + name + " --help");
    return ExitCode.USAGE;
  }

  /** Prints a failure as one line and returns its exit code. */
  private static int explain(Console console, String name, Throwable e) {
    if (e instanceof Console.PipeClosedException) {
      return ExitCode.OK;
    }
    try {
      console.out().flush(); // what was found before the failure is still worth reading
    } catch (IOException ignored) {
      // The failure at hand comes first.
    }
    console.err().println(name + ": " + Console.oneLine(message(e)));
    return exitCode(e);
  }

  private static int exitCode(Throwable e) {
    if (e instanceof CliException) {
      return ((CliException) e).exitCode;
    }
    if (e instanceof CorruptStoreException) {
      return ExitCode.DAMAGED;
    }
    return e instanceof StoreException || e instanceof IOException
        ? ExitCode.STORE
        : ExitCode.INTERNAL;
  }

  private static String message(Throwable e) {
    if (e instanceof CliException || e instanceof StoreException) {
      return e.getMessage();
    }
    if (e instanceof NoSuchFileException) {
      return "there is no such file, file=" + e.getMessage();
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied, file=" + e.getMessage();
    }
    if (e instanceof FileAlreadyExistsException) {
      return "the file is there already, file=" + e.getMessage();
    }
    if (e instanceof IOException) {
      return "input or output failed: " + e.getMessage();
    }
    if (e instanceof OutOfMemoryError) {
      return String.format(
          Locale.ROOT,
          "not enough memory: this command may use %,d MB; the end of tophash --help says how to"
              + " give it more",
          Runtime.getRuntime().maxMemory() >> 20);
    }
    return "internal error, please report it with the output of --debug: " + e;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** The version that the build wrote into the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Tophash.class.getPackage().getImplementationVersion();
      return new String[] {"tophash " + (version == null ? "(not packaged)" : version)};
    }
  }
}
