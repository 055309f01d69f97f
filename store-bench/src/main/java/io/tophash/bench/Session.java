package io.tophash.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tophash.bench.Children.ChildException;
import io.tophash.bench.report.Figure;
import io.tophash.bench.report.Results;
import io.tophash.bench.report.Shape;
import io.tophash.bench.shot.Shot;
import io.tophash.bench.store.StoreKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;

/** Runs a plan. What fails is noted in the results, and the rest goes on. */
final class Session {
  private final Plan plan;
  private final Path directory;
  private final Children children;
  private final PrintWriter out;
  private final Results results;
  private Plan.Section section;
  private Ledger ledger;
  private Shots shots;

  /** The stores that could not even be filled. */
  private final Map<Shape, Set<StoreKind>> broken = new EnumMap<>(Shape.class);

  /**
   * Prepares a run.
   *
   * @param plan what to measure
   * @param directory an empty directory for the files of the stores
   * @param logs the directory for the output of the JVMs
   * @param out takes the progress
   * @param earlier the results of a run that was stopped, to go on with, or null
   * @throws IllegalArgumentException if that run was another one
   */
  Session(Plan plan, Path directory, Path logs, PrintWriter out, Results earlier)
      throws IOException {
    this.plan = plan;
    this.directory = directory;
    this.children = new Children(directory, logs);
    this.out = out;
    Map<String, String> flags = new LinkedHashMap<>();
    Map<String, String> tuning = new LinkedHashMap<>();
    plan.sections().stream()
        .flatMap(each -> each.stores().stream())
        .sorted()
        .forEach(
            kind -> {
              flags.put(kind.id(), String.join(" ", kind.jvmFlags()));
              tuning.put(kind.id(), kind.tuning());
            });
    Results none = Results.of(Machine.describe(directory), plan.settings(), flags, tuning);
    if (earlier != null && !earlier.isOf(none)) {
      throw new IllegalArgumentException(
          "the results in --out are not of this run: other settings, stores, flags or machine;"
              + " repeat its options, or choose another --out");
    }
    this.results = earlier == null ? none : earlier;
    results.failures().clear(); // what failed is tried again
  }

  /**
   * Measures.
   *
   * @param target where the results go, after each step
   */
  Results run(Path target) throws IOException {
    long begin = System.nanoTime();
    for (int i = 0; i < plan.sections().size(); i++) {
      String whole = "section " + i;
      if (results.done().contains(whole)) {
        continue;
      }
      section = plan.sections().get(i);
      ledger = new Ledger(results, target, out, section.entries(), begin);
      shots = new Shots(section, directory, children, ledger);
      for (Shape shape : Shape.values()) {
        broken.put(shape, EnumSet.noneOf(StoreKind.class));
      }
      Shape.filled().forEach(this::fill);
      for (int round = 0; round < section.repeats().rounds(); round++) {
        for (Figure figure : section.benchmarks()) {
          stores(figure.shape(), kind -> suits(figure, kind))
              .forEach(kind -> benchmark(figure, kind));
        }
      }
      shots();
      for (StoreKind kind : section.stores()) {
        Shape.filled().forEach(shape -> Shot.delete(shots.home(kind, shape)));
      }
      if (results.failures().isEmpty()) {
        results.done().add(whole);
      }
      results.write(target);
    }
    return results;
  }

  /** Ends what was started, when this JVM is told to end. */
  void stop() {
    children.stop();
  }

  private List<StoreKind> stores(Shape shape, Predicate<StoreKind> which) {
    return section.stores().stream()
        .sorted()
        .filter(kind -> has(kind, shape) && !broken.get(shape).contains(kind))
        .filter(which)
        .toList();
  }

  private static boolean has(StoreKind kind, Shape shape) {
    return switch (shape) {
      case LONGS -> kind.hasLongs() || kind.isFloor();
      case GO_MAP -> kind.hasGoMap();
      default -> kind.hasRecords();
    };
  }

  private static boolean suits(Figure figure, StoreKind kind) {
    if (kind.isFloor()) {
      return figure == Figure.DEPENDENT_GET || figure == Figure.INDEPENDENT_GET;
    }
    return figure == Figure.READ_ALONE || figure == Figure.READ_BESIDE
        ? kind.isForProcesses()
        : figure.threads() == 1 || kind.isForThreads();
  }

  // --- single shots ------------------------------------------------------------------------------

  /** Fills all stores of a shape; persistent ones stay for the benchmarks. */
  private void fill(Shape shape) {
    if (!section.has(shape)) {
      return;
    }
    String time = shape.workload("fill");
    boolean wanted =
        section.has(time)
            || section.has(shape.workload("space"))
            || shape == Shape.LONGS && section.has(Figure.MEMORY_OWN.workload());
    boolean used =
        section.benchmarks().stream().anyMatch(figure -> figure.shape() == shape)
            || shape == Shape.STRINGS && section.hasYcsb()
            || shape == Shape.LONGS
                && Stream.of("open", "openKilled", "putNew").anyMatch(section::has);
    int rounds = section.has(time) ? section.repeats().shots() : 1;
    for (int i = 0; i < rounds; i++) {
      int round = i;
      stores(shape, kind -> !kind.isFloor() && (wanted || used && kind.isPersistent()))
          .forEach(
              kind -> {
                if (!shots.fill(kind, shape, round, used)) {
                  broken.get(shape).add(kind);
                }
              });
    }
  }

  private void shots() {
    for (Figure figure : Figure.values()) {
      if (figure.isYcsb()) {
        Predicate<StoreKind> which = kind -> figure.threads() == 1 || kind.isForThreads();
        each(figure.workload(), figure.shape(), 1, which, kind -> shots.ycsb(figure, kind));
      }
    }
    each("putNew", Shape.LONGS, 1, kind -> !kind.isFloor(), shots::putNew);
    each("hinted", Shape.LONGS, 1, StoreKind::isTophash, shots::hintedFill);
    each("open", Shape.LONGS, 1, StoreKind::isPersistent, shots::open);
    int rounds = section.repeats().shots();
    each("openKilled", Shape.LONGS, rounds, StoreKind::isPersistent, shots::openKilled);
    each("growth", Shape.LONGS, rounds, kind -> !kind.isFloor(), shots::growth);
    each("longestPut", Shape.LONGS, rounds, any -> true, k -> shots.longestPut(k, Shape.LONGS));
    each(
        "stringLongestPut",
        Shape.STRINGS,
        rounds,
        any -> true,
        k -> shots.longestPut(k, Shape.STRINGS));
  }

  private void each(
      String workload,
      Shape shape,
      int rounds,
      Predicate<StoreKind> which,
      Consumer<StoreKind> shot) {
    for (int i = 0; i < rounds && section.has(workload); i++) {
      stores(shape, which).forEach(shot);
    }
  }

  // --- benchmarks --------------------------------------------------------------------------------

  private void benchmark(Figure figure, StoreKind kind) {
    ledger.attempt(
        figure.workload(),
        figure.id(),
        kind,
        () -> {
          Collection<RunResult> runs =
              figure == Figure.READ_BESIDE
                  ? besideWriter(figure, kind)
                  : children.benchmark(figure, kind, section);
          double divisor = figure.isPerEntry() ? section.entries() : figure.threads();
          ledger.add(
              figure,
              kind,
              runs.stream()
                  .flatMap(run -> run.getBenchmarkResults().stream())
                  .flatMap(Session::scores)
                  .map(score -> score / divisor)
                  .toList());
          results.jmh().addAll(json(runs));
        });
  }

  private static Stream<Double> scores(BenchmarkResult fork) {
    return fork.getIterationResults().stream()
        .map(IterationResult::getPrimaryResult)
        .map(result -> result.getScore());
  }

  private Collection<RunResult> besideWriter(Figure figure, StoreKind kind)
      throws ChildException, IOException, InterruptedException {
    Process writer = children.startWriter(kind, section.entries(), shots.home(kind, Shape.LONGS));
    try {
      return children.benchmark(figure, kind, section);
    } finally {
      children.stopWriter(writer);
    }
  }

  /** JMH's own format, without the places of this machine. */
  private static List<JsonNode> json(Collection<RunResult> runs) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    ResultFormatFactory.getInstance(ResultFormatType.JSON, stream).writeOut(runs);
    List<JsonNode> nodes = new ArrayList<>();
    for (JsonNode node : new ObjectMapper().readTree(bytes.toByteArray())) {
      ((ObjectNode) node).remove(List.of("jvm", "jvmArgs")); // the flags are told once, above
      ((ObjectNode) node.path("params")).remove("dir");
      nodes.add(node);
    }
    return nodes;
  }
}
