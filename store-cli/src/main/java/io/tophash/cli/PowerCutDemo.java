package io.tophash.cli;

import io.tophash.core.codec.Codecs;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.memory.StorePaths;
import io.tophash.sync.SyncStats;
import io.tophash.sync.SyncStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The demo of power cuts. It changes a store, forces it, and changes it further; on the way it
 * copies what the file holds. Then it "cuts the power": of each page it takes any of the versions
 * that the page had since it was forced, as the system may have written back any of them. The
 * mixture is opened as after a new start of the machine, and must be as it was when {@code force()}
 * returned: each entry, and nothing else.
 */
final class PowerCutDemo {
  /** What is mixed: pages as the system writes them back. */
  private static final int PAGE_BYTES = 4096;

  private static final Logger LOGGER = Logger.getLogger("io.tophash");
  private static final int CLASSES = 500;
  private static final int VERSIONS = 3;
  private static final int WRITES = 1_500;
  private static final int MIXTURES = 4;

  private final ClassSource source;
  private final Path path;
  private final Path directory;
  private final PowerCutReport report;
  private final Interruption interruption;
  private final Consumer<String> status;
  private final SplittableRandom random = new SplittableRandom();
  private final long[] model = new long[DemoWrites.KEYS];
  private final List<String> names;
  private long operation;

  /**
   * @param source what is stored, as far as that is needed
   * @param path where; there is nothing yet
   * @param directory for the mixtures
   * @param report takes the results
   * @param interruption ends the run early
   * @param status takes the name of each step as it begins
   */
  PowerCutDemo(
      ClassSource source,
      Path path,
      Path directory,
      PowerCutReport report,
      Interruption interruption,
      Consumer<String> status) {
    this.source = source;
    this.path = path;
    this.directory = directory;
    this.report = report;
    this.interruption = interruption;
    this.status = status;
    this.names = source.names().subList(0, Math.min(CLASSES, source.names().size()));
  }

  /** Runs all of it. */
  void run(int cuts) throws IOException {
    // Each opening after a power cut is told of there, which is the point of this.
    Level before = LOGGER.getLevel();
    LOGGER.setLevel(Level.SEVERE);
    try {
      runQuietly(cuts);
    } finally {
      LOGGER.setLevel(before);
    }
  }

  private void runQuietly(int cuts) throws IOException {
    try (SyncStore<String, byte[]> store =
        SyncStore.builder(Codecs.utf8(), Codecs.bytes()).open(path)) {
      status.accept("loading");
      for (String name : names) {
        store.set(name, source.read(name));
      }
      report.memoryMode = store.stats().memoryMode();
      for (int cut = 1; cut <= cuts; cut++) {
        status.accept("cutting the power, " + cut + " of " + cuts);
        cut(store, cut);
      }
      report.entries = store.sizeLong();
    }
  }

  private void cut(SyncStore<String, byte[]> store, int cut) throws IOException {
    write(store);
    long start = System.nanoTime();
    store.force();
    report.forceNanos.add(System.nanoTime() - start);
    long[] forced = model.clone();
    List<byte[]> versions = new ArrayList<>();
    versions.add(read());
    for (int i = 0; i < VERSIONS; i++) {
      write(store);
      versions.add(read());
    }
    for (int i = 0; i < MIXTURES; i++) {
      check(forced, mix(versions), "cut " + cut + "." + (i + 1));
    }
  }

  private void write(SyncStore<String, byte[]> store) throws IOException {
    for (int i = 0; i < WRITES; i++) {
      if (interruption.isRequested()) {
        throw new CliException(ExitCode.INTERNAL, "interrupted");
      }
      operation++;
      int key = DemoWrites.index(operation, DemoWrites.KEYS);
      switch (DemoWrites.kind(operation)) {
        case SET:
          store.set(DemoWrites.key(key), DemoWrites.value(operation));
          model[key] = operation;
          break;
        case DELETE:
          store.delete(DemoWrites.key(key));
          model[key] = 0;
          break;
        default:
          String name = names.get(DemoWrites.index(operation, names.size()));
          store.set(name, source.read(name));
      }
    }
    report.writes += WRITES;
  }

  private byte[] read() throws IOException {
    return StorePaths.readHead(path, Integer.MAX_VALUE);
  }

  /** What a power cut may leave; what is not there in a version are zeros. */
  private Path mix(List<byte[]> versions) throws IOException {
    byte[] last = versions.get(versions.size() - 1);
    byte[] mixed = new byte[last.length];
    // Each mixture has an inclination: from nearly all old to nearly all new.
    double inclination = random.nextDouble();
    for (int at = 0; at < mixed.length; at += PAGE_BYTES) {
      boolean isOld = random.nextDouble() < inclination;
      byte[] from = versions.get(isOld ? 0 : random.nextInt(versions.size()));
      int bytes = Math.max(0, Math.min(PAGE_BYTES, from.length - at));
      System.arraycopy(from, Math.min(at, from.length), mixed, at, bytes);
      report.pages += Arrays.equals(mixed, at, at + PAGE_BYTES, last, at, at + PAGE_BYTES) ? 0 : 1;
    }
    // Of another run of the machine.
    mixed[HeaderLayout.BOOT_ID] ^= 1;
    return Files.write(directory.resolve("after-the-power-cut.tph"), mixed);
  }

  private void check(long[] forced, Path mixture, String name) throws IOException {
    long start = System.nanoTime();
    try (SyncStore<String, byte[]> store =
        SyncStore.builder(Codecs.utf8(), Codecs.bytes()).open(mixture)) {
      report.openNanos.add(System.nanoTime() - start);
      long wrong = 0;
      long there = names.size();
      for (int key = 0; key < DemoWrites.KEYS; key++) {
        byte[] value = store.get(DemoWrites.key(key));
        long found = value == null ? 0 : DemoWrites.version(key, ByteBuffer.wrap(value));
        wrong += found == forced[key] ? 0 : 1;
        there += forced[key] == 0 ? 0 : 1;
      }
      for (String className : names) {
        wrong += Arrays.equals(source.read(className), store.get(className)) ? 0 : 1;
      }
      boolean isWhole = store.verify().isClean() && store.sizeLong() == there;
      SyncStats.Checkpoint checkpoint = store.stats().checkpoint();
      report.check(
          name + ": the state of the last force(), and nothing else",
          wrong == 0 && isWhole,
          String.format(
              Locale.ROOT,
              "%,d entries compared, %,d wrong; checkpoint %,d",
              DemoWrites.KEYS + names.size(),
              wrong,
              checkpoint.number()));
    } finally {
      Files.deleteIfExists(mixture);
    }
  }
}
