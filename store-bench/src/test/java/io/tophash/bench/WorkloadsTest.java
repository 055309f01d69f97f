package io.tophash.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.bench.report.Figure;
import io.tophash.bench.report.Shape;
import io.tophash.bench.shot.Shot;
import io.tophash.bench.store.StoreKind;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Each workload once, with hardly any entries, in this JVM: it must end, and check its values. */
@Tag("full")
@Tag("contract")
class WorkloadsTest {
  private static final int ENTRIES = 300;

  @TempDir static Path shared;
  @TempDir Path directory;

  @BeforeAll
  static void fill() throws Exception {
    shot("fill", StoreKind.SYNC, Path.of(shared.toString(), "sync-" + ENTRIES));
  }

  private static Stream<Figure> benchmarks() {
    return Arrays.stream(Figure.values()).filter(Figure::isBenchmark);
  }

  @ParameterizedTest
  @MethodSource("benchmarks")
  void aBenchmarkRuns(Figure figure) throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(("io.tophash.bench.jmh." + figure.benchmark() + "$").replace(".", "\\."))
            .param("dir", shared.toString())
            .param("store", "sync")
            .forks(0)
            .threads(figure.threads())
            .warmupIterations(0)
            .measurementIterations(1)
            .measurementTime(TimeValue.milliseconds(1))
            .shouldFailOnError(true)
            .output(directory.resolve("log").toString());
    if (figure.shape() != Shape.GO_MAP) {
      options.param("entries", Integer.toString(ENTRIES));
    }
    if (figure.shape().records() != null) {
      options.param("shape", figure.shape().records().id());
    }
    assertEquals(1, new Runner(options.build()).run().size());
  }

  private static String shot(String name, StoreKind kind, Path place) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      Shot.main(new String[] {name, kind.id(), Integer.toString(ENTRIES), place.toString()});
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ycsbA", "ycsbB", "ycsbC", "ycsbD", "ycsbF", "ycsbA2", "ycsbB2", "ycsbC2", "ycsbD2",
        "ycsbF2"
      })
  void ycsbEndsWithTheEntriesThatItBeganWith(String name) throws Exception {
    Path place = directory.resolve("records");
    shot("stringFill", StoreKind.SYNC, place);
    assertTrue(shot(name, StoreKind.SYNC, place).contains("FIGURE ycsb "));
    assertTrue(shot(name, StoreKind.CHM, place).contains("FIGURE ycsb "));
  }

  @ParameterizedTest
  @CsvSource({
    "fill, gcPausesMs",
    "fillHinted, fill",
    "stringFill, heapBytes",
    "int100Fill, memoryBytes",
    "int2kFill, fill",
    "int16kFill, fill",
    "longestPut, longestPut",
    "stringLongestPut, longestOther",
    "growth, growthMax",
    "putNew, remove"
  })
  void aShotPrintsItsFigures(String name, String figure) throws Exception {
    for (StoreKind kind : new StoreKind[] {StoreKind.TOPHASH, StoreKind.EHCACHE}) {
      String output = shot(name, kind, directory.resolve(kind.id()));
      assertTrue(output.contains("FIGURE " + figure + " "), output);
      assertFalse(output.contains("NaN"), output);
    }
  }
}
