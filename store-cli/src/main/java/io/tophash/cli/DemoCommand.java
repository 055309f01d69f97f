package io.tophash.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tophash.core.StoreInfo;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows the store at work on data that every machine with Java has. */
@Command(
    name = "demo",
    description = {
      "One process puts every class file of the running Java runtime into a SyncStore; two more"
          + " read it at full speed and check every value; a fourth writes, tells each write that"
          + " has returned, and is killed again and again. Shows that nothing acknowledged was lost"
          + " and how fast each was. Exits with 3 if a check fails.",
      "With --kind hash, one process does the same files in a HashStore: writes, opens again,"
          + " checks, looks up at random, deletes a third, verifies, and compares a store of longs"
          + " with the maps of the JDK.",
      "With --power-cut, one process writes to a SyncStore, \"cuts the power\" (mixes the pages of"
          + " a copy as an operating system might have left them), opens that, and shows that it is"
          + " as it was when the last force() returned.",
      "With --cache, four processes share one bounded cache before a slow source; one is killed while"
          + " it loads. Shows how often the source was asked, how many lookups were hits, that the"
          + " bound was kept, and how warm the cache is after a restart."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Tophash.Version.class)
final class DemoCommand implements Callable<Integer> {
  private final Console console;

  @Spec private CommandSpec spec;

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      defaultValue = "sync",
      description = "The store to show: sync, hash or cache. Default: ${DEFAULT-VALUE}.")
  private StoreInfo.Kind kind = StoreInfo.Kind.SYNC;

  @Option(names = "--power-cut", description = "sync: show power cuts, as many as --kills says.")
  private boolean powerCut;

  @Option(names = "--cache", description = "Show the cache; the same as --kind cache.")
  private boolean cache;

  @Option(
      names = "--store",
      paramLabel = "PATH",
      description = "Make the store here and keep it. Default: a temporary file.")
  private Path path;

  @Option(names = "--limit", paramLabel = "N", description = "At most N class files.")
  private long limit = Long.MAX_VALUE;

  @Option(
      names = "--longs",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "hash: entries of the second part, 0 for none. Default: ${DEFAULT-VALUE}.")
  private int longs;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "10",
      description = "sync, cache: about how long the processes work. Default: ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--kills",
      paramLabel = "N",
      defaultValue = "5",
      description =
          "sync: how often the writer is killed, or the power cut. Default:" + " ${DEFAULT-VALUE}.")
  private int kills;

  @Option(names = "--json", description = "Print JSON for programs instead of text for people.")
  private boolean json;

  private int statusLength;

  DemoCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (limit <= 0) {
      throw new ParameterException(spec.commandLine(), "--limit must be positive");
    }
    if (longs < 0 || longs > 100_000_000) {
      throw new ParameterException(spec.commandLine(), "--longs must be from 0 to 100000000");
    }
    if (!(seconds > 0 && seconds <= 3600) || kills < 0 || kills > 1000) {
      throw new ParameterException(
          spec.commandLine(), "--seconds must be from 0 to 3600 and --kills from 0 to 1000");
    }
    if (powerCut && (cache || kind != StoreInfo.Kind.SYNC)) {
      throw new ParameterException(
          spec.commandLine(), "--power-cut needs a SyncStore; a HashStore has process durability");
    }
    if (path != null && Files.exists(path)) {
      throw new CliException(
          ExitCode.STORE, "there is a file already; choose another path, store=" + path);
    }
    return run(ClassSource.ofRuntime(limit));
  }

  /** Runs the demo on this data. */
  int run(ClassSource source) throws IOException {
    CheckedReport report;
    long start = System.nanoTime();
    try (Interruption interruption = new Interruption()) {
      Path directory = Files.createTempDirectory("tophash-demo-");
      try {
        report = run(source, directory, interruption);
      } finally {
        status("");
        delete(directory);
      }
    }
    report.seconds = (System.nanoTime() - start) / 1e9;
    print(report);
    return report.isOk() ? ExitCode.OK : ExitCode.DAMAGED;
  }

  private CheckedReport run(ClassSource source, Path directory, Interruption interruption)
      throws IOException {
    if (powerCut) {
      return ofPowerCuts(source, directory, interruption);
    }
    if (cache || kind == StoreInfo.Kind.CACHE) {
      return ofCache(directory, interruption);
    }
    return kind == StoreInfo.Kind.SYNC
        ? ofProcesses(source, directory, interruption)
        : ofOneProcess(source, directory, interruption);
  }

  private CheckedReport ofCache(Path directory, Interruption interruption) throws IOException {
    CacheDemoReport report = new CacheDemoReport();
    Path store = path != null ? path : directory.resolve("pages.tph");
    report.store = store.toString();
    report.kept = path != null;
    new CacheDemo(store, directory, report, interruption, this::status).run(seconds);
    return report;
  }

  private CheckedReport ofProcesses(ClassSource source, Path directory, Interruption interruption)
      throws IOException {
    SyncDemoReport report = new SyncDemoReport();
    Path store = path != null ? path : directory.resolve("classes.tph");
    report.store = store.toString();
    report.kept = path != null;
    new SyncDemo(source, store, directory, report, interruption, this::status).run(seconds, kills);
    return report;
  }

  private CheckedReport ofPowerCuts(ClassSource source, Path directory, Interruption interruption)
      throws IOException {
    PowerCutReport report = new PowerCutReport();
    Path store = path != null ? path : directory.resolve("classes.tph");
    report.store = store.toString();
    report.kept = path != null;
    new PowerCutDemo(source, store, directory, report, interruption, this::status).run(kills);
    return report;
  }

  private CheckedReport ofOneProcess(ClassSource source, Path directory, Interruption interruption)
      throws IOException {
    DemoReport report = new DemoReport();
    Path store = path != null ? path : directory.resolve("classes.tph");
    report.store = store.toString();
    report.kept = path != null;
    new DemoRun(source, store, report, interruption, this::status).run();
    if (longs > 0) {
      status("comparing longs");
      new DemoLongs(longs, report).run(directory);
    }
    return report;
  }

  private void print(CheckedReport report) throws IOException {
    Writer writer = console.newWriter();
    if (json) {
      JsonGenerator generator = Json.lines(writer);
      generator.writeStartObject();
      report.writeJson(generator);
      generator.writeEndObject();
      generator.close();
      writer.write('\n');
    } else {
      writer.write(report.toText());
    }
    writer.flush();
  }

  /** Says on a terminal what is going on; the line is written again and again. */
  private void status(String step) {
    if (console.errIsTerminal()) {
      String line = step.isEmpty() ? "" : step + " ...";
      console.err().print("\r" + line + " ".repeat(Math.max(0, statusLength - line.length())));
      console.err().print(step.isEmpty() ? "\r" : "");
      console.err().flush();
      statusLength = line.length();
    }
  }

  private static void delete(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> listed = Files.list(directory)) {
      files = listed.collect(Collectors.toList());
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
    Files.deleteIfExists(directory);
  }
}
