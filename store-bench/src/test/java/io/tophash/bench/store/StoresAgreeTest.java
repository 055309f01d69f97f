package io.tophash.bench.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.bench.data.RecordShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each store in a JVM of its own with its own flags, as in the benchmarks. */
@Tag("contract")
@Tag("full")
class StoresAgreeTest {
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "FLOOR") // which is no store
  void doesWhatAMapDoesAndFillsToTheSameChecksum(StoreKind kind) throws Exception {
    run(
        kind,
        directory.resolve("output"),
        StoresAgreeTest.class.getName(),
        kind.id(),
        directory.toString());
  }

  private static void run(StoreKind kind, Path output, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(kind.jvmFlags());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(Arrays.asList(arguments));
    Process child =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertTrue(child.waitFor(2, TimeUnit.MINUTES), "not done after 2 minutes");
    } finally {
      child.destroyForcibly();
    }
    String text = Files.readString(output);
    assertEquals(0, child.exitValue(), () -> text);
  }

  /** The random workload, against a HashMap, for shapes with each form of keys and of sizes. */
  public static void main(String[] args) throws IOException {
    StoreKind kind = StoreKind.of(args[0]);
    Path place = Path.of(args[1]);
    if (kind.hasLongs()) {
      LongsAgree.run(kind, place);
    }
    if (kind.hasRecords()) {
      for (RecordShape<?> shape : List.of(RecordShape.STRING_100, RecordShape.INT_16K)) {
        RecordsAgree.run(kind, shape, place.resolve(shape.id()));
      }
    }
    if (kind.hasGoMap()) {
      GoMapsAgree.run(kind, Files.createDirectories(place.resolve("go")));
    }
  }
}
