package io.tophash.bench;

import io.tophash.bench.report.Figure;
import io.tophash.bench.report.Markdown;
import io.tophash.bench.report.Results;
import io.tophash.bench.shot.Shot;
import io.tophash.bench.store.StoreKind;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The command that runs the benchmarks, or makes the report of an earlier run. */
@Command(
    name = "tophash bench",
    description = {
      "Measures Tophash and its peers side by side.",
      "Exit code: 0 all was measured, 1 something failed, 2 the command line is wrong,",
      "3 something is worse than the baseline."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class Suite implements Callable<Integer> {
  private static final double BYTES_PER_GIB = 1L << 30;
  private static final int WORSE = 3;

  @Spec private CommandSpec spec;

  @Option(
      names = "--quick",
      description = "1 million entries, few workloads, less than 10 minutes (the default).")
  private boolean quick;

  @Option(
      names = "--headline",
      description = {
        "The most telling rows: 10 million longs, 1 million longs and records, Go's benchmarks;",
        "about half an hour."
      })
  private boolean headline;

  @Option(
      names = "--full",
      description = {
        "10 million longs, Go's benchmarks, 1 million longs and records with more maps, larger",
        "values, 100 million longs; about an hour and forty minutes."
      })
  private boolean full;

  @Option(names = "--smoke", description = "Hardly any entries: only shows that all works.")
  private boolean smoke;

  @Option(
      names = "--store",
      split = ",",
      paramLabel = "STORE",
      converter = StoreConverter.class,
      description = "Only these stores, separated by commas.")
  private List<StoreKind> stores;

  @Option(
      names = "--workload",
      split = ",",
      paramLabel = "WORKLOAD",
      converter = WorkloadConverter.class,
      description = "Only these workloads, separated by commas.")
  private List<String> workloads;

  @Option(
      names = "--entries",
      paramLabel = "N",
      converter = EntriesConverter.class,
      description = "Another number of entries.")
  private Integer entries;

  @ArgGroup(validate = false)
  private RepeatOptions repeats = new RepeatOptions();

  @ArgGroup(validate = false)
  private GuardOptions guard = new GuardOptions();

  @Option(
      names = "--dir",
      defaultValue = "/dev/shm",
      description = "Where the files of the stores go for the time (default: ${DEFAULT-VALUE}).")
  private Path dir;

  @Option(
      names = "--out",
      description = "Where the results go (default: results, beside the directory of the jar).")
  private Path out;

  @Option(
      names = "--resume",
      description = {
        "Go on with the run that was stopped, whose results are in --out; the other options must",
        "be the same. What failed is tried again."
      })
  private boolean resume;

  @Option(
      names = "--render",
      arity = "2..*",
      paramLabel = "FILE",
      description = {
        "Measure nothing: make a page (the last file) from the results of one run or several (the",
        "files before it)."
      })
  private List<Path> render;

  private Suite() {}

  /**
   * Runs the command and exits with its exit code.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    CommandLine command = new CommandLine(new Suite());
    command.setExpandAtFiles(false); // an argument is what it is
    command.setExecutionExceptionHandler(
        (e, line, parsed) -> {
          if (!(e instanceof IOException)) {
            throw e;
          }
          line.getErr().println(e.getMessage() == null ? e.toString() : describe((IOException) e));
          return CommandLine.ExitCode.SOFTWARE;
        });
    return command;
  }

  private static String describe(IOException e) {
    return e.getClass().getSimpleName() + ": " + e.getMessage();
  }

  @Override
  public Integer call() throws IOException {
    if (render != null) {
      List<Results> runs = new ArrayList<>();
      for (Path file : render.subList(0, render.size() - 1)) {
        runs.add(Results.read(file));
      }
      Markdown.write(Results.merged(runs), render.get(render.size() - 1));
      return 0;
    }
    guard.check();
    if (guard.from() != null) {
      if (!guard.areGiven()) {
        throw new ParameterException(spec.commandLine(), "--from needs --baseline or --compare");
      }
      return guard.apply(Results.read(guard.from()), spec.commandLine().getOut()) ? WORSE : 0;
    }
    Plan plan = plan();
    checkSpace(plan);
    return measure(plan);
  }

  private Plan plan() {
    if (Stream.of(quick, headline, full, smoke).filter(given -> given).count() > 1) {
      throw new ParameterException(
          spec.commandLine(), "--quick, --headline, --full and --smoke exclude each other");
    }
    Plan usual = guard.areGiven() ? Plans.guard() : Plans.quick();
    Plan plan =
        full
            ? Plans.full()
            : headline ? Plans.headline() : smoke ? Plans.smoke() : quick ? Plans.quick() : usual;
    Plan restricted = plan.restrictedTo(stores, workloads, entries, repeats::replace);
    if (restricted.sections().isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "this measures none of these workloads in any of these stores");
    }
    return restricted;
  }

  private void checkSpace(Plan plan) throws IOException {
    if (!Files.isDirectory(dir)) {
      throw new ParameterException(spec.commandLine(), "--dir is no directory: " + dir);
    }
    long needed = plan.sections().stream().mapToLong(Plan.Section::diskBytes).max().orElse(0);
    long usable = Files.getFileStore(dir).getUsableSpace();
    if (usable < needed) {
      throw new ParameterException(
          spec.commandLine(),
          String.format(
              Locale.ROOT,
              "not enough space in %s: needed=%.1f GiB usable=%.1f GiB; choose another --dir or"
                  + " fewer --entries",
              dir,
              needed / BYTES_PER_GIB,
              usable / BYTES_PER_GIB));
    }
  }

  private int measure(Plan plan) throws IOException {
    Path target = out == null ? new File(Machine.home().getParentFile(), "results").toPath() : out;
    Path logs = Files.createDirectories(target.resolve("logs"));
    PrintWriter progress = spec.commandLine().getOut();
    Path file = target.resolve("results.json");
    Results earlier = resume && Files.exists(file) ? Results.read(file) : null;
    Path files = Files.createTempDirectory(dir, "tophash-bench-");
    Session session = session(plan, files, logs, earlier);
    Thread cleaner =
        new Thread(
            () -> {
              session.stop();
              Shot.delete(files);
            });
    Runtime.getRuntime().addShutdownHook(cleaner);
    try {
      Results results = session.run(file);
      Path page = target.resolve("benchmarks.md");
      Markdown.write(results, page);
      progress.println();
      progress.println(Files.readString(page));
      progress.println("Results: " + file + ", page: " + page);
      boolean worse = guard.areGiven() && guard.apply(results, progress);
      progress.flush();
      return !results.failures().isEmpty() ? 1 : worse ? WORSE : 0;
    } finally {
      Shot.delete(files);
      Runtime.getRuntime().removeShutdownHook(cleaner);
    }
  }

  private Session session(Plan plan, Path files, Path logs, Results earlier) throws IOException {
    try {
      return new Session(plan, files, logs, spec.commandLine().getOut(), earlier);
    } catch (IllegalArgumentException e) {
      Shot.delete(files);
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  /** Makes a bad name an error of the command line. */
  private interface Converter<T> extends ITypeConverter<T> {
    T parse(String text);

    @Override
    default T convert(String text) {
      try {
        return parse(text);
      } catch (NumberFormatException e) {
        throw new TypeConversionException("'" + text + "' is no whole number");
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** Names of stores. */
  static final class StoreConverter implements Converter<StoreKind> {
    @Override
    public StoreKind parse(String text) {
      return StoreKind.of(text);
    }
  }

  /** Names of workloads. */
  static final class WorkloadConverter implements Converter<String> {
    @Override
    public String parse(String text) {
      return Figure.workload(text);
    }
  }

  /** Numbers of entries. */
  static final class EntriesConverter implements Converter<Integer> {
    @Override
    public Integer parse(String text) {
      return Plan.checkEntries(Integer.parseInt(text.replace("_", "")));
    }
  }
}
