package io.tophash.bench.soak;

import io.tophash.core.VerifyReport;
import io.tophash.sync.SyncStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Recorder;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A long run: this process and another one work on one store, each with some threads; the other one
 * is killed at random, and started again. The store is cleared, compacted, verified and backed up
 * meanwhile. Every second a line of figures goes to a CSV file, of which charts are drawn at the
 * end.
 */
@Command(name = "soak", mixinStandardHelpOptions = true, description = "A long run of one store.")
public final class Soak implements Callable<Integer> {
  @Option(names = "--minutes", defaultValue = "30", description = "How long. Default: 30")
  private double minutes;

  @Option(names = "--threads", defaultValue = "3", description = "Per process. Default: 3")
  private int threads;

  @Option(
      names = "--pause-micros",
      defaultValue = "1000",
      description = "Pause of a thread after 20 operations. Default: 1000")
  private long pauseMicros;

  @Option(names = "--store", required = true, description = "A store file, made anew.")
  private Path path;

  @Option(names = "--out", required = true, description = "Directory for CSV and charts.")
  private Path out;

  @Option(names = "--draw", description = "Only draw the charts of an earlier run.")
  private boolean draw;

  @Option(names = "--child", hidden = true)
  private boolean child;

  private final Recorder reads = new Recorder(3);
  private final Recorder writes = new Recorder(3);
  private final List<SoakWork> work = new ArrayList<>();
  private final Random random = new Random();
  private SoakCrew crew;
  private String event = "";

  private Soak() {}

  /**
   * Runs it.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Soak()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    crew = new SoakCrew(child);
    if (child) {
      try (SyncStore<String, byte[]> store = SoakWork.open(path)) {
        startThreads(store);
        System.in.read(); // ends with the parent
        endThreads();
      }
      return crew.failure() == null ? 0 : 1;
    }
    if (draw) {
      SoakCharts.draw(out.resolve("soak.csv"), out, "soak", SoakCharts.STORE);
      return 0;
    }
    Files.createDirectories(out);
    Files.deleteIfExists(path);
    Path csv = out.resolve("soak.csv");
    try (SyncStore<String, byte[]> store = SoakWork.open(path);
        PrintWriter lines = new PrintWriter(Files.newBufferedWriter(csv))) {
      SoakSample sample = new SoakSample(store, path, reads, writes);
      lines.println(SoakSample.HEADER);
      startThreads(store);
      startOther();
      run(store, sample, lines);
      endThreads();
      crew.endOther();
      VerifyReport report = store.verify();
      store.forEach(SoakWork::check);
      System.out.printf(
          Locale.ROOT,
          "soak ended: minutes=%.1f kills=%d takeovers=%d entries=%d findings=%s failure=%s%n",
          minutes,
          crew.kills(),
          store.stats().takeovers(),
          store.sizeLong(),
          report.findings(),
          crew.failure());
      if (!report.isClean()) {
        return 1;
      }
    }
    SoakCharts.draw(csv, out, "soak", SoakCharts.STORE);
    return crew.failure() == null ? 0 : 1;
  }

  private void run(SyncStore<String, byte[]> store, SoakSample sample, PrintWriter lines)
      throws Exception {
    crew.run(
        minutes,
        (second, happened) -> {
          event = happened;
          if (event.isEmpty()) {
            sweep(store, second);
          }
          lines.println(sample.line(second, crew.other(), crew.kills(), event));
          lines.flush();
        });
  }

  private void sweep(SyncStore<String, byte[]> store, int second) throws IOException {
    if (second % 300 == 0) {
      event = "compact";
      store.compact();
    } else if (second % 120 == 0) {
      event = "clear";
      store.clear();
    } else if (second % 60 == 0) {
      event = "backup";
      Path backup = path.resolveSibling(path.getFileName() + "-backup");
      Files.deleteIfExists(backup);
      store.backup(backup);
      check(backup);
      Files.deleteIfExists(backup);
    } else if (second % 30 == 0) {
      event = "verify";
      VerifyReport report = store.verify();
      if (!report.isClean()) {
        crew.fail(report.findings().toString());
      }
    } else if (second % 10 == 0) {
      event = "iterate";
      store.forEach(SoakWork::check);
    }
  }

  private void check(Path backup) {
    try (SyncStore<String, byte[]> copy = SoakWork.builder().readOnly(true).open(backup)) {
      VerifyReport report = copy.verify();
      if (!report.isClean()) {
        throw new IllegalStateException("backup: " + report.findings());
      }
      copy.forEach(SoakWork::check);
    }
  }

  private void startThreads(SyncStore<String, byte[]> store) {
    for (int i = 0; i < threads; i++) {
      SoakWork one =
          new SoakWork(
              store, random.nextLong(), reads, writes, TimeUnit.MICROSECONDS.toNanos(pauseMicros));
      work.add(one);
      crew.start(one);
    }
  }

  private void endThreads() throws InterruptedException {
    work.forEach(SoakWork::end);
    crew.join();
  }

  private void startOther() throws IOException {
    crew.startOther(
        Soak.class,
        out.resolve("child.log"),
        List.of(
            "--child",
            "--store",
            path.toString(),
            "--out",
            out.toString(),
            "--threads",
            Integer.toString(threads),
            "--pause-micros",
            Long.toString(pauseMicros)));
  }
}
