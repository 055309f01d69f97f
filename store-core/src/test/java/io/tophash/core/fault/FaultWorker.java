package io.tophash.core.fault;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The JVM that uses damaged files. It reads the number of an image, a seed and the number of a case
 * from each line of its input, and answers each with a line of its own. If it dies, or does not
 * answer, that is a finding too.
 */
public final class FaultWorker {
  /** Mappings go with their buffers; without a collection they would reach the system's limit. */
  private static final int CASES_PER_COLLECTION = 200;

  private final Map<String, Subject<?, ?>> subjects = new HashMap<>();
  private final List<Image> images;
  private final Map<Image, List<Region>> regions = new HashMap<>();
  private final Path scratch;

  private FaultWorker(List<Subject<?, ?>> all, List<Image> images, Path scratch) {
    all.forEach(subject -> subjects.put(subject.name(), subject));
    this.images = images;
    this.scratch = scratch;
  }

  /** Arguments: class that supplies the subjects, directory of the images, scratch directory. */
  public static void main(String[] args) throws Exception {
    PrintStream out = System.out;
    System.setOut(System.err);
    Path scratch = Files.createDirectories(Path.of(args[2]));
    FaultWorker worker = new FaultWorker(subjects(args[0]), images(Path.of(args[1])), scratch);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    out.println("ready");
    int cases = 0;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(worker.answer(line));
      if (++cases % CASES_PER_COLLECTION == 0) {
        System.gc();
      }
    }
  }

  @SuppressWarnings("unchecked")
  static List<Subject<?, ?>> subjects(String supplier) throws ReflectiveOperationException {
    return ((Supplier<List<Subject<?, ?>>>)
            Class.forName(supplier).getDeclaredConstructor().newInstance())
        .get();
  }

  static List<Image> images(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(directory)) {
      files = all.sorted().toList();
    }
    List<Image> images = new ArrayList<>();
    for (Path file : files) {
      images.add(Image.read(file));
    }
    return images;
  }

  private String answer(String line) throws IOException {
    String[] words = line.split(" ");
    Image image = images.get(Integer.parseInt(words[0]));
    Subject<?, ?> subject = subjects.get(image.subject());
    Fault fault = fault(image, subject, words[1], Integer.parseInt(words[2]));
    Path path = scratch.resolve("store-" + words[2]);
    String answer = exercise(subject, image, fault, path);
    Files.deleteIfExists(path);
    Files.deleteIfExists(scratch.resolve(path.getFileName() + ".lock"));
    Files.deleteIfExists(scratch.resolve(path.getFileName() + ".new"));
    return answer;
  }

  /** What is to be tried: a cut at a length, or what the seed says. */
  private Fault fault(Image image, Subject<?, ?> subject, String seed, int number) {
    if (seed.startsWith("cut")) {
      return Fault.cut(image.bytes(), Integer.parseInt(seed.substring(3)));
    }
    List<Region> all = regions.computeIfAbsent(image, unused -> subject.regions(image.bytes()));
    return Fault.of(image, all, new Random(Long.parseLong(seed) + number * 0x9E3779B97F4A7C15L));
  }

  private static <K, V> String exercise(Subject<K, V> subject, Image image, Fault fault, Path path)
      throws IOException {
    Exercise<K, V> exercise = new Exercise<>(subject, image, fault.bytes(), path);
    exercise.run();
    return String.join(
        "\t",
        exercise.outcome().name(),
        fault.kind(),
        fault.region(),
        image.subject() + ", " + image.state(),
        Integer.toString(exercise.right()),
        Integer.toString(exercise.live()),
        fault.detail(),
        exercise.text().replaceAll("\\s+", " "));
  }
}
