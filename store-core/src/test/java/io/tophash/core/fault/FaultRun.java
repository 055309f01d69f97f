package io.tophash.core.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tophash.core.testing.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Tries many damaged files of one kind of store: makes the images, lets two workers use the files,
 * one for each memory mode, and adds up what they say. A worker that does not answer in time is
 * killed, one that dies is replaced; both are findings.
 *
 * <p>Another run does the same if it has the same seed: {@code -Dtophash.seed=N}; of one case alone
 * with {@code -Dtophash.fault=M} besides.
 */
public final class FaultRun {
  private static final List<String> FAST =
      List.of("--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED");
  private static final String END = "\tend";

  /** A worker that has less than one part in so many of the time stands still. */
  private static final int LEAST_SHARE = 30;

  private final Class<? extends Supplier<List<Subject<?, ?>>>> subjects;
  private final Path directory;
  private final Duration patience;
  private final Tally tally = new Tally();
  private final List<Image> images;

  /**
   * Makes the images.
   *
   * @param subjects supplies the contents that are tried
   * @param directory for all files
   * @param patience after which a case hangs
   */
  public FaultRun(
      Class<? extends Supplier<List<Subject<?, ?>>>> subjects, Path directory, Duration patience) {
    this.subjects = subjects;
    this.directory = directory;
    this.patience = patience;
    try (ChildJvm maker =
        ChildJvm.start(
            List.of("-Dtophash.crashHook=io.tophash.core.crash.CrashHook"),
            ImageMaker.class,
            subjects.getName(),
            directory.resolve("images"),
            directory.resolve("made"))) {
      maker.assertSucceeds();
    }
    try {
      images = FaultWorker.images(directory.resolve("images"));
      for (Subject<?, ?> subject : FaultWorker.subjects(subjects.getName())) {
        assertEquals(List.of(), ImageMaker.missing(subject, images), subject.name());
      }
    } catch (IOException | ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Files as they are before they are damaged. */
  public int imageCount() {
    return images.size();
  }

  /** Tries as many damaged files as asked for, half of them in each memory mode. */
  public Tally random(long seed, int cases) {
    Integer only = Integer.getInteger("tophash.fault");
    List<String> work =
        IntStream.range(only == null ? 0 : only, only == null ? cases : only + 1)
            .mapToObj(i -> (i / 2 % images.size()) + " " + seed + " " + i)
            .toList();
    return share(work);
  }

  /** Tries each length at which a page ends, and one that is odd beside each. */
  public Tally cuts(int step) {
    List<String> work = new ArrayList<>();
    for (int image = 0; image < images.size(); image++) {
      int end = images.get(image).bytes().length;
      for (int length = 0; length < end; length += step) {
        // An empty file is a new store, not a damaged one.
        work.add(image + " cut" + Math.max(1, length) + " " + work.size());
        int odd = Math.min(end - 1, length + 1 + (int) (length * 2_654_435_761L >>> 3) % 4095);
        work.add(image + " cut" + odd + " " + work.size());
      }
    }
    return share(work);
  }

  private Tally share(List<String> work) {
    List<String> forDefault = new ArrayList<>();
    List<String> forFast = new ArrayList<>();
    for (String line : work) {
      boolean isEven = Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1)) % 2 == 0;
      (isEven ? forDefault : forFast).add(line);
    }
    Thread other = new Thread(() -> run("fast", FAST, forFast), "fast worker");
    other.start();
    run("default", List.of(), forDefault);
    try {
      other.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return tally;
  }

  private void run(String mode, List<String> flags, List<String> work) {
    int next = 0;
    while (next < work.size()) {
      try (Worker worker = new Worker(mode, flags)) {
        next = worker.run(work, next);
      }
    }
  }

  /** One worker JVM, until it fails. */
  private final class Worker implements AutoCloseable {
    private final String mode;
    private final ChildJvm jvm;
    private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(10_000);
    private final StringBuilder chatter = new StringBuilder();

    Worker(String mode, List<String> flags) {
      this.mode = mode;
      List<String> all = new ArrayList<>(flags);
      all.add("-XX:ErrorFile=" + directory.resolve("hs_err_%p.log"));
      all.add("-XX:+UseSerialGC");
      jvm =
          ChildJvm.start(
              all,
              FaultWorker.class,
              subjects.getName(),
              directory.resolve("images"),
              directory.resolve("scratch-" + mode));
      Thread reader = new Thread(this::read, "reader of " + mode);
      reader.setDaemon(true);
      reader.start();
    }

    private void read() {
      try {
        for (String line = jvm.readLine(); line != null; line = jvm.readLine()) {
          lines.put(line);
        }
        lines.put(END);
      } catch (InterruptedException | java.io.UncheckedIOException e) {
        lines.add(END);
      }
    }

    /** The next answer; null if it did not come in time, END if the worker died. */
    private String answer(Duration limit) {
      Duration begun = processorTime();
      Duration seen = begun;
      try {
        while (true) {
          String line = lines.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
          if (line == null) {
            // On a busy machine the time that passes is not the time that a case takes; but who
            // has hardly run does not wait for a processor.
            Duration now = processorTime();
            boolean runsOn = now.minus(begun).compareTo(limit) >= 0;
            boolean standsStill = now.minus(seen).compareTo(limit.dividedBy(LEAST_SHARE)) < 0;
            if (runsOn || standsStill) {
              return null;
            }
            seen = now;
          } else if (line.equals("ready") || line.contains("\t")) {
            return line;
          } else {
            chatter.append(line).append('\n');
          }
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private Duration processorTime() {
      return ProcessHandle.of(jvm.pid())
          .flatMap(process -> process.info().totalCpuDuration())
          .orElse(Duration.ZERO);
    }

    /** Runs cases until all are done or the worker has failed; returns the next one. */
    int run(List<String> work, int from) {
      String first = answer(Duration.ofSeconds(60));
      if (!"ready".equals(first)) {
        throw new AssertionError("the worker does not start: " + first + "\n" + chatter);
      }
      for (int i = from; i < work.size(); i++) {
        String[] words = work.get(i).split(" ");
        String repeat = "repeat with -Dtophash.seed=" + words[1] + " -Dtophash.fault=" + words[2];
        if (!jvm.writeLine(work.get(i))) {
          return died(i, repeat);
        }
        String answer = answer(patience);
        if (answer == null) {
          tally.finding("hang after " + patience + " [" + mode + "] " + repeat + "\n" + stacks());
          return i + 1;
        }
        if (answer.equals(END)) {
          return died(i, repeat);
        }
        tally.add(answer, mode, repeat);
      }
      return work.size();
    }

    private int died(int i, String repeat) {
      String last = chatter.substring(Math.max(0, chatter.length() - 3_000));
      tally.finding("the JVM died [" + mode + "] " + repeat + "\n" + last);
      return i + 1;
    }

    /** Where the threads of the worker are. */
    private String stacks() {
      try {
        Process jstack =
            new ProcessBuilder(
                    System.getProperty("java.home") + "/bin/jstack", Long.toString(jvm.pid()))
                .redirectErrorStream(true)
                .start();
        String all = new String(jstack.getInputStream().readAllBytes());
        int main = Math.max(0, all.indexOf("\"main\""));
        return all.substring(main, Math.min(all.length(), main + 3_000));
      } catch (IOException e) {
        return "(no stacks: " + e + ")";
      }
    }

    @Override
    public void close() {
      jvm.close();
    }
  }
}
