package io.tophash.bench.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.bench.data.Chain;
import io.tophash.bench.data.Keys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each store in a JVM of its own with its own flags, as in the benchmarks. */
class StoresAgreeTest {
  private static final int KEYS = 2_000;
  private static final int OPERATIONS = 20_000;
  private static final long SEED = 42;

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "FLOOR")
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

  /** The random workload, against a HashMap. */
  public static void main(String[] args) throws IOException {
    StoreKind kind = StoreKind.of(args[0]);
    Path place = Files.createDirectories(Path.of(args[1], "random"));
    Map<Long, Long> model = new HashMap<>();
    LongStore store = kind.make();
    store.open(place, KEYS);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < OPERATIONS; i++) {
      long key = Keys.key(random.nextInt(KEYS));
      switch (random.nextInt(4)) {
        case 0 -> {
          model.remove(key);
          store.remove(key);
        }
        case 1 -> check("get", model.getOrDefault(key, Keys.MISSING), store.get(key));
        default -> {
          model.put(key, (long) i + 1);
          store.put(key, i + 1);
        }
      }
    }
    store.endBatch();
    compare(model, store);
    if (kind.isPersistent()) {
      store.close();
      store = kind.make();
      store.open(place, KEYS);
      compare(model, store);
    }
    store.close();
    fill(kind, Files.createDirectories(Path.of(args[1], "fill")));
  }

  private static void fill(StoreKind kind, Path place) throws IOException {
    Chain chain = new Chain(KEYS);
    try (LongStore store = kind.make()) {
      store.openHinted(place, KEYS);
      Filler.fill(store, chain);
      check("size", KEYS, store.size());
      check("checksum", chain.checksum(), store.iterate());
    }
  }

  private static void compare(Map<Long, Long> model, LongStore store) {
    long sum = 0;
    for (Map.Entry<Long, Long> entry : model.entrySet()) {
      sum += Keys.fold(entry.getKey(), entry.getValue());
    }
    check("size", model.size(), store.size());
    check("iterate", sum, store.iterate());
    long[] keys = new long[KEYS];
    Arrays.setAll(keys, Keys::key);
    long[] values = new long[KEYS];
    store.getAll(keys, values);
    for (int i = 0; i < KEYS; i++) {
      check("getAll", model.getOrDefault(keys[i], Keys.MISSING), values[i]);
    }
  }

  private static void check(String what, long expected, long actual) {
    if (expected != actual) {
      throw new IllegalStateException(what + " expected=" + expected + " actual=" + actual);
    }
  }
}
