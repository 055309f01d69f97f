package io.tophash.bench;

import io.tophash.bench.Children.ChildException;
import io.tophash.bench.data.RecordShape;
import io.tophash.bench.report.Figure;
import io.tophash.bench.report.Results;
import io.tophash.bench.report.Shape;
import io.tophash.bench.shot.Shot;
import io.tophash.bench.store.Filler;
import io.tophash.bench.store.StoreKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The single shots of a section. */
final class Shots {
  private static final double BYTES_PER_KIB = 1024;

  private final Plan.Section section;
  private final Path directory;
  private final Children children;
  private final Ledger ledger;

  Shots(Plan.Section section, Path directory, Children children, Ledger ledger) {
    this.section = section;
    this.directory = directory;
    this.children = children;
    this.ledger = ledger;
  }

  /** Where a store with entries of a shape is. */
  Path home(StoreKind kind, Shape shape) {
    return shape.records() == null
        ? Filler.directory(directory, kind, section.entries())
        : Filler.recordDirectory(directory, kind, shape.records(), section.entries());
  }

  private List<Double> per(double divisor, List<Double> values) {
    return values.stream().map(value -> value / divisor).collect(Collectors.toList());
  }

  // --- fill --------------------------------------------------------------------------------------

  /**
   * Fills a store, which stays if it is persistent; false if it cannot be filled.
   *
   * @param used whether it must be there afterwards, even if an earlier run took the time
   */
  boolean fill(StoreKind kind, Shape shape, int round, boolean used) {
    String workload = shape.workload("fill");
    if (ledger.isDone(workload, kind) && used && round == 0 && kind.isPersistent()) {
      return ledger.again(
          workload,
          kind,
          () -> children.shot(workload, kind, section.entries(), home(kind, shape)));
    }
    return ledger.attempt(
        workload,
        kind,
        () -> {
          Map<String, List<Double>> figures =
              children.shot(workload, kind, section.entries(), home(kind, shape));
          if (section.has(workload)) {
            ledger.add(Figure.of(workload), kind, figures.get("fill"));
          }
          if (round == 0 && section.has(shape.workload("space"))) {
            space(kind, shape, figures);
          }
          if (shape == Shape.LONGS && section.has(Figure.MEMORY_OWN.workload())) {
            memory(kind, figures);
          }
        });
  }

  private void space(StoreKind kind, Shape shape, Map<String, List<Double>> figures) {
    RecordShape<?> records = shape.records();
    double divisor = (double) section.entries() * (records == null ? 1 : records.entryBytes());
    Figure space = Figure.of(shape.workload("space"));
    if (!kind.isPersistent()) {
      double memory = figures.get("heapBytes").get(0) + figures.get("memoryBytes").get(0);
      ledger.add(space, kind, List.of(memory / divisor));
      return;
    }
    ledger.add(space, kind, per(divisor, figures.get("fileBytes")));
    addIfKnown(Figure.find(shape.workload("live")), kind, figures.get("liveBytes"), divisor);
    addIfKnown(
        Figure.find(shape.workload("allocated")), kind, figures.get("allocatedBytes"), divisor);
    if (shape == Shape.LONGS) {
      ledger.add(Figure.HEAP, kind, per(BYTES_PER_KIB, figures.get("heapBytes")));
    }
  }

  private void memory(StoreKind kind, Map<String, List<Double>> figures) {
    addIfKnown(Optional.of(Figure.MEMORY_OWN), kind, figures.get("residentOwnMib"), 1);
    addIfKnown(Optional.of(Figure.MEMORY_MAPPED), kind, figures.get("residentMappedMib"), 1);
    ledger.add(Figure.GC_PAUSES, kind, figures.get("gcPausesMs"));
    ledger.add(Figure.GC_LONGEST, kind, figures.get("gcLongestMs"));
  }

  private void addIfKnown(
      Optional<Figure> figure, StoreKind kind, List<Double> bytes, double divisor) {
    if (figure.isPresent() && bytes != null && bytes.get(0) >= 0) {
      ledger.add(figure.get(), kind, per(divisor, bytes));
    }
  }

  /** Fills a store that is told how many entries will come. */
  void hintedFill(StoreKind kind) {
    Path place = directory.resolve(kind.id() + "-hinted");
    ledger.attempt(
        "hinted",
        kind,
        () -> {
          int entries = section.entries();
          Map<String, List<Double>> figures = children.shot("fillHinted", kind, entries, place);
          ledger.add(Figure.SPACE_HINTED, kind, per(entries, figures.get("fileBytes")));
          ledger.add(Figure.FILL_HINTED, kind, figures.get("fill"));
        });
    Shot.delete(place);
  }

  // --- the longest put ---------------------------------------------------------------------------

  /** Times each operation while a store grows from empty. */
  void longestPut(StoreKind kind, Shape shape) {
    boolean strings = shape == Shape.STRINGS;
    String workload = strings ? "stringLongestPut" : "longestPut";
    Path place = directory.resolve(kind.id() + "-puts");
    ledger.attempt(
        workload,
        kind,
        () -> {
          Map<String, List<Double>> figures =
              children.shot(kind.isFloor() ? "idle" : workload, kind, section.entries(), place);
          if (strings) {
            ledger.add(Figure.STRING_LONGEST_PUT, kind, figures.get("longestPut"));
            ledger.add(Figure.STRING_LONGEST_OTHER, kind, figures.get("longestOther"));
            ledger.add(Figure.STRING_PUT_9999, kind, figures.get("put9999"));
            return;
          }
          ledger.add(Figure.LONGEST_PUT, kind, figures.get("longestPut"));
          if (!kind.isFloor()) {
            ledger.add(Figure.LONGEST_OTHER, kind, figures.get("longestOther"));
            ledger.add(Figure.PUT_50, kind, figures.get("put50"));
            ledger.add(Figure.PUT_99, kind, figures.get("put99"));
            ledger.add(Figure.PUT_9999, kind, figures.get("put9999"));
          }
        });
    Shot.delete(place);
  }

  /** Times requests that come at a fixed rate while a store grows. */
  void growth(StoreKind kind) {
    Path place = directory.resolve(kind.id() + "-growth");
    ledger.attempt(
        "growth",
        kind,
        () -> {
          Map<String, List<Double>> figures =
              children.shot("growth", kind, section.entries(), place);
          for (Figure figure : Figure.values()) {
            if (figure.workload().equals("growth")) {
              ledger.add(figure, kind, figures.get(figure.id()));
            }
          }
          ledger.add(Results.Series.CURVE, kind, figures.get("curveX"), figures.get("curveY"));
          ledger.add(Results.Series.TIME_LINE, kind, figures.get("timeX"), figures.get("timeY"));
        });
    Shot.delete(place);
  }

  // --- full stores -------------------------------------------------------------------------------

  /** Puts new keys to a full store. */
  void putNew(StoreKind kind) {
    ledger.attempt(
        "putNew",
        kind,
        () -> {
          Map<String, List<Double>> figures =
              children.shot("putNew", kind, section.entries(), home(kind, Shape.LONGS));
          ledger.add(Figure.PUT_NEW, kind, figures.get("putNew"));
          ledger.add(Figure.REMOVE, kind, figures.get("remove"));
        });
  }

  /** A workload of YCSB. */
  void ycsb(Figure figure, StoreKind kind) {
    ledger.attempt(
        figure.workload(),
        figure.id(),
        kind,
        () ->
            ledger.add(
                figure,
                kind,
                children
                    .shot(figure.id(), kind, section.entries(), home(kind, figure.shape()))
                    .get("ycsb")));
  }

  // --- open --------------------------------------------------------------------------------------

  /** Opens a store that was closed. */
  void open(StoreKind kind) {
    ledger.attempt(
        "open",
        kind,
        () ->
            ledger.add(
                Figure.OPEN,
                kind,
                children
                    .shot("open", kind, section.entries(), home(kind, Shape.LONGS))
                    .get("open")));
  }

  /** Opens a copy of a store whose owner was killed. */
  void openKilled(StoreKind kind) {
    ledger.attempt("openKilled", kind, () -> openCopy(kind));
  }

  private void openCopy(StoreKind kind) throws ChildException, IOException, InterruptedException {
    Path home = home(kind, Shape.LONGS);
    Path copy = directory.resolve(kind.id() + "-killed");
    try {
      Files.createDirectories(copy);
      try (Stream<Path> files = Files.list(home)) {
        for (Path file : files.collect(Collectors.toList())) {
          Files.copy(file, copy.resolve(file.getFileName()));
        }
      }
      children.killVictim(kind, section.entries(), copy);
      Map<String, List<Double>> figures =
          children.shot("openKilled", kind, section.entries(), copy);
      ledger.add(Figure.OPEN_KILLED, kind, figures.get("openKilled"));
    } finally {
      Shot.delete(copy);
    }
  }
}
