package io.tophash.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tophash.bench.Children.ChildException;
import io.tophash.bench.report.Figure;
import io.tophash.bench.report.Results;
import io.tophash.bench.report.Summary;
import io.tophash.bench.shot.Shot;
import io.tophash.bench.store.Filler;
import io.tophash.bench.store.StoreKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;

/** Runs a plan. What fails is noted in the results, and the rest goes on. */
final class Session {
  private static final double BYTES_PER_KIB = 1024;

  private final Plan plan;
  private final Path directory;
  private final Children children;
  private final PrintWriter out;
  private final Results results;
  private Plan.Section section;

  /** The stores that could not even be filled. */
  private final Set<StoreKind> broken = EnumSet.noneOf(StoreKind.class);

  /**
   * Prepares a run.
   *
   * @param plan what to measure
   * @param directory an empty directory for the files of the stores
   * @param logs the directory for the output of the JVMs
   * @param out takes the progress
   */
  Session(Plan plan, Path directory, Path logs, PrintWriter out) throws IOException {
    this.plan = plan;
    this.directory = directory;
    this.children = new Children(directory, logs);
    this.out = out;
    Map<String, String> flags = new LinkedHashMap<>();
    plan.sections().stream()
        .flatMap(each -> each.stores().stream())
        .sorted()
        .forEach(kind -> flags.put(kind.id(), String.join(" ", kind.jvmFlags())));
    this.results =
        new Results(
            Machine.describe(directory),
            plan.settings(),
            flags,
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>());
  }

  /** Something that may fail without ending the run. */
  private interface Step {
    void run() throws ChildException, IOException, InterruptedException;
  }

  /**
   * Measures.
   *
   * @param file where the results go, at the end of each step, so that a run that is stopped has
   *     them
   */
  Results run(Path file) throws IOException {
    for (Plan.Section each : plan.sections()) {
      section = each;
      broken.clear();
      stores().forEach(this::fill);
      results.write(file);
      for (int round = 0; round < section.rounds(); round++) {
        for (Figure figure : section.benchmarks()) {
          stores().filter(kind -> suits(figure, kind)).forEach(kind -> benchmark(figure, kind));
          results.write(file);
        }
      }
      stores().filter(StoreKind::isPersistent).forEach(this::open);
      stores().filter(kind -> !kind.isFloor()).forEach(this::longestPut);
      section.stores().forEach(kind -> Shot.delete(home(kind)));
      results.write(file);
    }
    return results;
  }

  /** Ends what was started, when this JVM is told to end. */
  void stop() {
    children.stop();
  }

  private Stream<StoreKind> stores() {
    return section.stores().stream().sorted().filter(kind -> !broken.contains(kind));
  }

  private static boolean suits(Figure figure, StoreKind kind) {
    return !kind.isFloor() || figure == Figure.DEPENDENT_GET || figure == Figure.INDEPENDENT_GET;
  }

  private Path home(StoreKind kind) {
    return Filler.directory(directory, kind, section.entries());
  }

  private boolean attempt(String workload, StoreKind kind, Step step) {
    String error;
    try {
      step.run();
      return true;
    } catch (ChildException | IOException e) {
      error = e.getMessage();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
    results.failures().add(new Results.Failure(workload, kind.id(), section.entries(), error));
    out.println(kind.id() + " " + workload + " FAILED: " + error);
    out.flush();
    return false;
  }

  private void add(Figure figure, StoreKind kind, List<Double> values) {
    results.add(figure, kind.id(), section.entries(), values);
    out.printf(
        Locale.ROOT,
        "%,d %s %s: %s %s%n",
        section.entries(),
        figure.id(),
        kind.id(),
        Summary.of(values).text(),
        figure.unit());
    out.flush();
  }

  // --- benchmarks --------------------------------------------------------------------------------

  private void benchmark(Figure figure, StoreKind kind) {
    attempt(
        figure.workload(),
        kind,
        () -> {
          Collection<RunResult> runs = children.benchmark(figure, kind, section);
          double divisor = figure == Figure.ITERATE ? section.entries() : 1;
          List<Double> values = new ArrayList<>();
          for (RunResult run : runs) {
            for (BenchmarkResult fork : run.getBenchmarkResults()) {
              for (IterationResult iteration : fork.getIterationResults()) {
                values.add(iteration.getPrimaryResult().getScore() / divisor);
              }
            }
          }
          add(figure, kind, values);
          results.jmh().addAll(json(runs));
        });
  }

  /** JMH's own format, without the places of this machine. */
  private static List<JsonNode> json(Collection<RunResult> runs) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    ResultFormatFactory.getInstance(ResultFormatType.JSON, stream).writeOut(runs);
    List<JsonNode> nodes = new ArrayList<>();
    for (JsonNode node : new ObjectMapper().readTree(bytes.toByteArray())) {
      ((ObjectNode) node).remove("jvm");
      ((ObjectNode) node.path("params")).remove("dir");
      nodes.add(node);
    }
    return nodes;
  }

  // --- single shots ------------------------------------------------------------------------------

  /** Fills a store; a persistent one stays for the benchmarks. */
  private void fill(StoreKind kind) {
    boolean wanted = section.has("fill") || section.has("space");
    if (kind.isFloor() || !wanted && !kind.isPersistent()) {
      return;
    }
    int shots = section.has("fill") ? section.shots() : 1;
    for (int i = 0; i < shots && !broken.contains(kind); i++) {
      boolean last = i == shots - 1;
      if (!attempt("fill", kind, () -> oneFill(kind, last))) {
        broken.add(kind);
      }
    }
    if (kind.isTophash() && section.has("space") && !broken.contains(kind)) {
      attempt("space", kind, () -> hintedFill(kind));
    }
  }

  private void oneFill(StoreKind kind, boolean last)
      throws ChildException, IOException, InterruptedException {
    int entries = section.entries();
    Map<String, List<Double>> figures = children.shot("fill", kind, entries, home(kind));
    if (section.has("fill")) {
      add(Figure.FILL, kind, figures.get("fill"));
    }
    if (!section.has("space") || !last) {
      return;
    }
    double heapBytes = figures.get("heapBytes").get(0);
    if (kind.isPersistent()) {
      add(Figure.SPACE, kind, perEntry(figures.get("fileBytes")));
      if (figures.get("allocatedBytes").get(0) >= 0) {
        add(Figure.ALLOCATED, kind, perEntry(figures.get("allocatedBytes")));
      }
      add(Figure.HEAP, kind, List.of(heapBytes / BYTES_PER_KIB));
    } else {
      add(Figure.SPACE, kind, List.of(heapBytes / entries));
    }
  }

  private List<Double> perEntry(List<Double> bytes) {
    return bytes.stream().map(value -> value / section.entries()).collect(Collectors.toList());
  }

  private void hintedFill(StoreKind kind) throws ChildException, IOException, InterruptedException {
    Path place = home(kind).resolveSibling(kind.id() + "-hinted");
    Map<String, List<Double>> figures = children.shot("fillHinted", kind, section.entries(), place);
    add(Figure.SPACE_HINTED, kind, perEntry(figures.get("fileBytes")));
    add(Figure.FILL_HINTED, kind, figures.get("fill"));
    Shot.delete(place);
  }

  private void longestPut(StoreKind kind) {
    if (!section.has("longestPut")) {
      return;
    }
    Path place = home(kind).resolveSibling(kind.id() + "-puts");
    for (int i = 0; i < section.shots(); i++) {
      attempt(
          "longestPut",
          kind,
          () -> {
            Map<String, List<Double>> figures =
                children.shot("longestPut", kind, section.entries(), place);
            add(Figure.LONGEST_PUT, kind, figures.get("longestPut"));
            add(Figure.PUT_9999, kind, figures.get("put9999"));
          });
      Shot.delete(place);
    }
  }

  private void open(StoreKind kind) {
    if (section.has("open")) {
      attempt(
          "open",
          kind,
          () ->
              add(
                  Figure.OPEN,
                  kind,
                  children.shot("open", kind, section.entries(), home(kind)).get("open")));
    }
    for (int i = 0; i < section.shots() && section.has("openKilled"); i++) {
      attempt("openKilled", kind, () -> openKilled(kind));
    }
  }

  private void openKilled(StoreKind kind) throws ChildException, IOException, InterruptedException {
    Path copy = home(kind).resolveSibling(kind.id() + "-killed");
    try {
      Files.createDirectories(copy);
      try (Stream<Path> files = Files.list(home(kind))) {
        for (Path file : files.collect(Collectors.toList())) {
          Files.copy(file, copy.resolve(file.getFileName()));
        }
      }
      children.killVictim(kind, section.entries(), copy);
      Map<String, List<Double>> figures =
          children.shot("openKilled", kind, section.entries(), copy);
      add(Figure.OPEN_KILLED, kind, figures.get("openKilled"));
    } finally {
      Shot.delete(copy);
    }
  }
}
