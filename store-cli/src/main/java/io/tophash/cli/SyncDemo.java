package io.tophash.cli;

import io.tophash.core.VerifyReport;
import io.tophash.core.codec.Codecs;
import io.tophash.sync.SyncStats;
import io.tophash.sync.SyncStore;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * The demo of several processes. This one loads; two readers look up at random and compare each
 * value by its checksum; a writer changes keys of its own and stores class files over themselves,
 * and is killed again and again. It says the number of each operation that has returned, so what
 * must be in the store after a kill is known, but for the one operation that was in flight.
 */
final class SyncDemo {
  private static final int READERS = 2;
  private static final long SEED = 42;

  private final ClassSource source;
  private final Path path;
  private final Path directory;
  private final SyncDemoReport report;
  private final Interruption interruption;
  private final Consumer<String> status;
  private final SplittableRandom random = new SplittableRandom();

  /** For each key of the writer the operation that stored its value, 0 if it is absent. */
  private final long[] model = new long[DemoWrites.KEYS];

  private long operations;
  private boolean fast;

  /**
   * @param source what is stored
   * @param path where; there is nothing yet
   * @param directory for files of the demo
   * @param report takes the results
   * @param interruption ends the run early
   * @param status takes the name of each step as it begins
   */
  SyncDemo(
      ClassSource source,
      Path path,
      Path directory,
      SyncDemoReport report,
      Interruption interruption,
      Consumer<String> status) {
    this.source = source;
    this.path = path;
    this.directory = directory;
    this.report = report;
    this.interruption = interruption;
    this.status = status;
  }

  /** Runs all of it. */
  void run(double seconds, int kills) throws IOException {
    Path classes = directory.resolve("classes.txt");
    List<DemoProcess> readers = new ArrayList<>();
    try (SyncStore<String, byte[]> store =
        SyncStore.builder(Codecs.utf8(), Codecs.bytes()).open(path)) {
      load(store, classes);
      status.accept("starting the readers");
      for (int i = 0; i < READERS; i++) {
        readers.add(start(DemoChild.Role.READER, classes, SEED + i, "reader" + i));
      }
      for (DemoProcess reader : readers) {
        reader.awaitFirst(interruption);
      }
      SyncDemoReport.Row writers = write(store, classes, seconds, kills);
      status.accept("asking the readers");
      for (int i = 0; i < READERS; i++) {
        readers.get(i).end();
        report(i + 1, readers.get(i));
      }
      report.rows.add(writers);
      checkClasses(store);
      verify(store);
    } finally {
      readers.forEach(DemoProcess::close);
    }
  }

  private void goOn() {
    if (interruption.isRequested()) {
      throw new CliException(ExitCode.INTERNAL, "interrupted");
    }
  }

  private DemoProcess start(DemoChild.Role role, Path classes, long first, String name)
      throws IOException {
    List<String> command =
        List.of(
            "demo-child", role.name(), path.toString(), classes.toString(), Long.toString(first));
    return new DemoProcess(command, fast, directory.resolve(name));
  }

  private void load(SyncStore<String, byte[]> store, Path classes) throws IOException {
    status.accept("loading");
    long nanos = 0;
    try (BufferedWriter list = Files.newBufferedWriter(classes)) {
      for (String name : source.names()) {
        goOn();
        byte[] bytes = source.read(name);
        list.write(DemoWrites.checksum(ByteBuffer.wrap(bytes)) + " " + name + "\n");
        long start = System.nanoTime();
        store.set(name, bytes);
        nanos += System.nanoTime() - start;
        report.valueBytes += bytes.length;
      }
    }
    SyncStats stats = store.stats();
    report.memoryMode = stats.memoryMode();
    fast = stats.memoryMode().equals("FAST");
    long pid = ProcessHandle.current().pid();
    int count = source.names().size();
    report.rows.add(new SyncDemoReport.Row("loader: set", List.of(pid), count, nanos));
    report.check(
        "every class file is loaded",
        store.sizeLong() == count,
        String.format(Locale.ROOT, "%,d entries", store.sizeLong()));
  }

  /** One writer after the other; each but the last is killed. */
  private SyncDemoReport.Row write(
      SyncStore<String, byte[]> store, Path classes, double seconds, int kills) throws IOException {
    List<Long> pids = new ArrayList<>();
    long acknowledged = 0;
    long nanos = 0;
    long sliceMs = Math.max(1, Math.round(seconds * 1000 / (kills + 1)));
    for (int life = 0; life <= kills; life++) {
      boolean killed = life < kills;
      status.accept(killed ? "writing, kill " + (life + 1) + " of " + kills : "writing");
      try (DemoProcess writer =
          start(DemoChild.Role.WRITER, classes, operations + 1, "writer" + life)) {
        writer.awaitFirst(interruption);
        long endNanos = System.nanoTime() + random.nextLong(1 + sliceMs * 2_000_000L);
        while (System.nanoTime() < endNanos) {
          goOn();
          DemoProcess.pause(1);
        }
        if (killed) {
          writer.kill();
        } else {
          writer.end();
          report.check(
              "the last writer ended in order",
              writer.endedWell(),
              writer.endedWell() ? "pid " + writer.pid() : writer.trouble());
        }
        pids.add(writer.pid());
        LongBuffer said = writer.said();
        acknowledged += said.remaining();
        nanos += writer.nanos();
        long last = said.get(said.limit() - 1);
        checkWrites(store, last, killed ? "kill " + (life + 1) : "at the end");
      }
    }
    return new SyncDemoReport.Row("writer: set, delete, each told", pids, acknowledged, nanos);
  }

  /**
   * Compares the writer's keys with what the operations up to the last acknowledged one make of
   * them. The one after that may have happened or not.
   */
  private void checkWrites(SyncStore<String, byte[]> store, long acknowledged, String when) {
    for (long operation = operations + 1; operation <= acknowledged; operation++) {
      apply(operation);
    }
    long count = acknowledged - operations;
    long inFlight = acknowledged + 1;
    int open = DemoWrites.index(inFlight, DemoWrites.KEYS);
    long before = model[open];
    apply(inFlight);
    long after = model[open];
    long wrong = 0;
    String first = "";
    String fate = "is as it was";
    for (int key = 0; key < DemoWrites.KEYS; key++) {
      byte[] value = store.get(DemoWrites.key(key));
      long found = value == null ? 0 : DemoWrites.version(key, ByteBuffer.wrap(value));
      if (key == open && found == before) {
        model[open] = before;
      } else if (key == open && found == after) {
        fate = "happened";
      } else if (found != model[key]) {
        wrong++;
        first =
            first.isEmpty() ? " key=" + key + " found=" + found + " expected=" + model[key] : first;
      }
    }
    operations = inFlight;
    report.check(
        when + ": nothing acknowledged is lost, nothing is torn",
        wrong == 0,
        wrong == 0
            ? String.format(Locale.ROOT, "%,d writes acknowledged, the next one %s", count, fate)
            : "wrong=" + wrong + first);
  }

  private void apply(long operation) {
    int key = DemoWrites.index(operation, DemoWrites.KEYS);
    switch (DemoWrites.kind(operation)) {
      case SET:
        model[key] = operation;
        break;
      case DELETE:
        model[key] = 0;
        break;
      default:
        // the same class file again
    }
  }

  private void report(int number, DemoProcess reader) throws IOException {
    LongBuffer said = reader.said();
    boolean told = reader.endedWell() && said.remaining() == 4;
    long reads = told ? said.get(1) : 0;
    long wrong = told ? said.get(2) : 0;
    report.rows.add(
        new SyncDemoReport.Row(
            "reader " + number + ": getInto, each compared",
            List.of(reader.pid()),
            reads,
            told ? said.get(3) : 0));
    report.check(
        "reader " + number + ": every value was whole and right",
        told && wrong == 0 && reads > 0,
        told
            ? String.format(Locale.ROOT, "%,d compared, %,d wrong", reads, wrong)
            : reader.trouble());
  }

  private void checkClasses(SyncStore<String, byte[]> store) throws IOException {
    status.accept("checking every class file");
    long wrong = 0;
    for (String name : source.names()) {
      goOn();
      wrong += Arrays.equals(source.read(name), store.get(name)) ? 0 : 1;
    }
    long left = Arrays.stream(model).filter(operation -> operation != 0).count();
    report.check(
        "every value equals its class file, and nothing else is there",
        wrong == 0 && store.sizeLong() == source.names().size() + left,
        String.format(Locale.ROOT, "%,d compared, %,d wrong", source.names().size(), wrong));
  }

  private void verify(SyncStore<String, byte[]> store) {
    status.accept("verifying");
    VerifyReport verified = store.verify();
    report.check(
        "verify() finds every invariant intact",
        verified.isClean() && verified.entries() == store.sizeLong(),
        verified.isClean()
            ? String.format(Locale.ROOT, "%,d entries", verified.entries())
            : "findings=" + verified.findingCount() + " first=" + verified.findings().get(0));
    report.entries = store.sizeLong();
    SyncStats stats = store.stats();
    report.usedBytes = stats.usedBytes();
    report.takeovers = stats.takeovers();
  }
}
