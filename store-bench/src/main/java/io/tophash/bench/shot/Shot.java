package io.tophash.bench.shot;

import io.tophash.bench.data.RecordShape;
import io.tophash.bench.store.AnyStore;
import io.tophash.bench.store.StoreKind;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The main class of the JVMs that take one measurement: {@code <shot> <store> <entries> <dir>}. */
public final class Shot {
  /** What a line with a figure begins with; then name and value. */
  public static final String FIGURE = "FIGURE ";

  /** The line with which a victim says that it may be killed. */
  public static final String READY = "READY";

  static final int WARM_UP_ENTRIES = 300_000;
  private static final int WARM_UP_ROUNDS = 3;

  private Shot() {}

  /**
   * Takes a measurement and prints its figures.
   *
   * @param args the shot, the store, the number of entries, the directory
   */
  public static void main(String[] args) throws IOException {
    StoreKind kind = StoreKind.of(args[1]);
    int entries = Integer.parseInt(args[2]);
    Path directory = Path.of(args[3]);
    switch (args[0]) {
      case "fill" -> FillShot.run(kind, longs(kind, entries), entries, directory, false);
      case "fillHinted" -> FillShot.run(kind, longs(kind, entries), entries, directory, true);
      case "stringFill" -> fill(kind, RecordShape.STRING_100, entries, directory);
      case "int100Fill" -> fill(kind, RecordShape.INT_100, entries, directory);
      case "int2kFill" -> fill(kind, RecordShape.INT_2K, entries, directory);
      case "int16kFill" -> fill(kind, RecordShape.INT_16K, entries, directory);
      case "longestPut" -> LongestPutShot.run(longs(kind, entries), entries, directory);
      case "stringLongestPut" ->
          LongestPutShot.run(
              new Entries.Arrays<>(kind, RecordShape.STRING_100, entries), entries, directory);
      case "growth" -> GrowthShot.run(longs(kind, entries), entries, directory);
      case "putNew" -> PutNewShot.run(kind, entries, directory);
      case "ycsbA", "ycsbB", "ycsbC", "ycsbD", "ycsbF" ->
          ycsb(args[0], kind, entries, directory, 1);
      case "ycsbA2", "ycsbB2", "ycsbC2", "ycsbD2", "ycsbF2" ->
          ycsb(args[0], kind, entries, directory, 2);
      case "idle" -> LongestPutShot.runIdle();
      case "writer" -> WriterShot.run(kind, entries, directory);
      case "open" -> OpenShot.run(kind, entries, directory, false);
      case "openKilled" -> OpenShot.run(kind, entries, directory, true);
      case "victim" -> OpenShot.runVictim(kind, entries, directory);
      default -> throw new IllegalArgumentException("unknown shot '" + args[0] + "'");
    }
  }

  private static void fill(StoreKind kind, RecordShape<?> shape, int entries, Path directory)
      throws IOException {
    Entries records = new Entries.Arrays<>(kind, shape, entries);
    FillShot.run(kind, records, entries, directory, false);
  }

  private static void ycsb(String shot, StoreKind kind, int entries, Path directory, int threads)
      throws IOException {
    String letter = shot.substring("ycsb".length(), "ycsb".length() + 1);
    YcsbOperations.Mix mix = YcsbOperations.Mix.valueOf(letter);
    YcsbShot.run(kind, RecordShape.STRING_100, entries, directory, mix, threads);
  }

  private static Entries longs(StoreKind kind, int entries) {
    return new Entries.Longs(kind, entries);
  }

  /** The command line of a shot, after the java command. */
  public static List<String> arguments(String shot, StoreKind kind, int entries, Path directory) {
    return List.of(
        Shot.class.getName(), shot, kind.id(), Integer.toString(entries), directory.toString());
  }

  static void print(String name, Object value) {
    System.out.println(FIGURE + name + " " + value);
  }

  /** Lets the JIT compiler see the store's writes, in a directory beside that is removed again. */
  static void warmUp(Entries shape, int entries, Path directory) throws IOException {
    Path beside = directory.resolveSibling(directory.getFileName() + "-warm-up");
    int few = Math.min(Math.min(entries, WARM_UP_ENTRIES), shape.warmUpEntries());
    for (int round = 0; round < WARM_UP_ROUNDS; round++) {
      Files.createDirectories(beside);
      Entries warm = shape.with(few);
      try (AnyStore store = warm.make()) {
        store.open(beside, few);
        warm.fill();
        for (int i = 0; i < few; i++) {
          if (!warm.has(i)) {
            throw new IllegalStateException("wrong value, index=" + i);
          }
        }
      }
      delete(beside);
    }
  }

  /** Removes a directory and all that is in it. */
  public static void delete(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).collect(Collectors.toList())) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Bytes that a directory takes up on the file system, or -1 if this system cannot tell. */
  static long allocatedBytes(Path directory) {
    try {
      Process du =
          new ProcessBuilder("du", "-s", "--block-size=1", directory.toString())
              .redirectErrorStream(true)
              .redirectInput(new File("/dev/null"))
              .start();
      String output = new String(du.getInputStream().readAllBytes());
      return du.waitFor() == 0 ? Long.parseLong(output.split("\\s")[0]) : -1;
    } catch (IOException e) {
      return -1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }
}
