package io.tophash.cli;

import io.tophash.core.HashStore;
import io.tophash.core.VerifyReport;
import io.tophash.core.codec.Codecs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * The first part of the demo: names and bytes in a store, each step timed and checked. Only one
 * value at a time is on the heap, except for the comparison with a HashMap.
 *
 * <p>Times of steps that read the source as well hold only the calls of the store. Random lookups
 * are timed in three rounds after a warm-up; the median counts.
 */
final class DemoRun {
  private static final long RANDOM_SEED = 42;
  private static final int MAX_LOOKUPS = 100_000;
  private static final int LOOKUP_ROUNDS = 3;
  // A HashMap node, a String, two array headers: what an entry costs beside its bytes, roughly.
  private static final long MAP_ENTRY_BYTES = 200;

  private final ClassSource source;
  private final List<String> names;
  private final Path path;
  private final DemoReport report;
  private final Interruption interruption;
  private final Consumer<String> status;
  private int largestBytes;

  /**
   * @param source what is stored
   * @param path where; there is nothing yet
   * @param report takes the results
   * @param interruption ends the run early
   * @param status takes the name of each step as it begins
   */
  DemoRun(
      ClassSource source,
      Path path,
      DemoReport report,
      Interruption interruption,
      Consumer<String> status) {
    this.source = source;
    this.names = source.names();
    this.path = path;
    this.report = report;
    this.interruption = interruption;
    this.status = status;
  }

  private HashStore<String, byte[]> open() {
    return HashStore.builder(Codecs.utf8(), Codecs.bytes()).open(path);
  }

  /** Runs all steps. */
  void run() throws IOException {
    try (HashStore<String, byte[]> store = open()) {
      load(store);
      report.memoryMode = store.stats().memoryMode();
    }
    status.accept("measuring the heap");
    long heapBefore = HeapMeter.usedBytes();
    status.accept("opening again");
    long start = System.nanoTime();
    HashStore<String, byte[]> opened = open();
    report.step("reopen", 1, System.nanoTime() - start);
    try (HashStore<String, byte[]> store = opened) {
      report.fileBytes = store.stats().fileBytes();
      check(store);
      iterate(store);
      lookups(store);
      status.accept("measuring the heap");
      long heapWith = HeapMeter.usedBytes();
      report.storeHeapBytes = Math.max(0, heapWith - heapBefore);
      compareWithHashMap(store, heapWith);
      deleteThird(store);
      verify(store);
    }
    report.fileBytesAtEnd = java.nio.file.Files.size(path);
  }

  private void goOn() {
    if (interruption.isRequested()) {
      throw new CliException(ExitCode.INTERNAL, "interrupted");
    }
  }

  private void load(HashStore<String, byte[]> store) throws IOException {
    status.accept("loading");
    long nanos = 0;
    for (String name : names) {
      goOn();
      byte[] bytes = source.read(name);
      long start = System.nanoTime();
      store.set(name, bytes);
      nanos += System.nanoTime() - start;
      report.valueBytes += bytes.length;
      largestBytes = Math.max(largestBytes, bytes.length);
    }
    report.entries = store.sizeLong();
    report.step("load: set", names.size(), nanos);
  }

  private void check(HashStore<String, byte[]> store) throws IOException {
    status.accept("checking every value");
    long nanos = 0;
    long wrong = 0;
    String firstWrong = null;
    for (String name : names) {
      goOn();
      byte[] expected = source.read(name);
      long start = System.nanoTime();
      byte[] found = store.get(name);
      nanos += System.nanoTime() - start;
      if (!Arrays.equals(expected, found)) {
        wrong++;
        firstWrong = firstWrong == null ? name : firstWrong;
      }
    }
    report.step("check: get in order", names.size(), nanos);
    boolean ok = wrong == 0 && store.sizeLong() == names.size();
    report.check(
        "every value equals its class file",
        ok,
        ok
            ? String.format(Locale.ROOT, "%,d compared", names.size())
            : "wrong=" + wrong + " first=" + firstWrong + " entries=" + store.sizeLong());
  }

  private void iterate(HashStore<String, byte[]> store) {
    status.accept("iterating");
    long[] seen = new long[3];
    long start = System.nanoTime();
    store.range(
        (name, bytes) -> {
          seen[0]++;
          seen[1] += bytes.length;
          seen[2] += name.hashCode();
          return true;
        });
    report.step("iterate: range", seen[0], System.nanoTime() - start);
    long hashes = names.stream().mapToLong(String::hashCode).sum();
    report.check(
        "the iteration delivers each entry once",
        seen[0] == names.size() && seen[1] == report.valueBytes && seen[2] == hashes,
        String.format(Locale.ROOT, "%,d entries, %,d bytes", seen[0], seen[1]));
  }

  private void lookups(HashStore<String, byte[]> store) {
    status.accept("looking up at random");
    int count = names.isEmpty() ? 0 : Math.min(MAX_LOOKUPS, 8 * names.size());
    String[] order =
        new SplittableRandom(RANDOM_SEED)
            .ints(count, 0, Math.max(1, names.size()))
            .mapToObj(names::get)
            .toArray(String[]::new);
    String[] absent = Arrays.stream(order).map(name -> name + "?").toArray(String[]::new);
    ByteBuffer target = ByteBuffer.allocate(largestBytes);

    time("random hit: containsKey", order, store::containsKey, true);
    time("random miss: containsKey", absent, store::containsKey, false);
    time("random hit: get, a fresh byte[]", order, name -> store.get(name) != null, true);
    time(
        "random hit: getInto, one buffer",
        order,
        name -> store.getInto(name, target.clear()) >= 0,
        true);
  }

  /** One lookup. */
  @FunctionalInterface
  private interface Lookup {
    boolean finds(String name);
  }

  private void time(String step, String[] order, Lookup lookup, boolean expected) {
    goOn();
    long found = findAll(order, lookup); // warm-up
    long[] nanos = new long[LOOKUP_ROUNDS];
    for (int round = 0; round < LOOKUP_ROUNDS; round++) {
      long start = System.nanoTime();
      found = Math.min(found, findAll(order, lookup));
      nanos[round] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    report.step(step, order.length, nanos[LOOKUP_ROUNDS / 2]);
    report.check(
        step,
        found == (expected ? order.length : 0),
        String.format(Locale.ROOT, "%,d found", found));
  }

  private static long findAll(String[] order, Lookup lookup) {
    long found = 0;
    for (String name : order) {
      if (lookup.finds(name)) {
        found++;
      }
    }
    return found;
  }

  private void compareWithHashMap(HashStore<String, byte[]> store, long heapWith) {
    status.accept("filling a HashMap for comparison");
    long needed = (report.valueBytes + names.size() * MAP_ENTRY_BYTES) * 3 / 2;
    long free = Runtime.getRuntime().maxMemory() - heapWith;
    if (free < needed) {
      report.hashMapSkipped =
          String.format(
              Locale.ROOT,
              "it needs %,d MB of heap and %,d MB are free; tophash --help says how to give more",
              needed >> 20,
              free >> 20);
      return;
    }
    Map<String, byte[]> map = new HashMap<>();
    store.forEach(map::put);
    report.hashMapHeapBytes = HeapMeter.usedBytes() - heapWith;
    report.check(
        "the HashMap has the same entries", // and so it lives on until here
        map.size() == names.size(),
        String.format(Locale.ROOT, "%,d entries", map.size()));
  }

  private void deleteThird(HashStore<String, byte[]> store) {
    status.accept("deleting a third");
    long deleted = 0;
    long start = System.nanoTime();
    for (int i = 0; i < names.size(); i += 3) {
      deleted += store.delete(names.get(i)) ? 1 : 0;
    }
    report.step("delete", deleted, System.nanoTime() - start);
    long wrong = 0;
    for (int i = 0; i < names.size(); i++) {
      wrong += store.containsKey(names.get(i)) == (i % 3 == 0) ? 1 : 0;
    }
    report.check(
        "exactly the deleted third is gone",
        wrong == 0 && store.sizeLong() + deleted == names.size(),
        String.format(Locale.ROOT, "%,d deleted, %,d left", deleted, store.sizeLong()));
  }

  private void verify(HashStore<String, byte[]> store) {
    status.accept("verifying");
    long start = System.nanoTime();
    VerifyReport verified = store.verify();
    report.step("verify: all invariants", verified.entries(), System.nanoTime() - start);
    report.check(
        "verify() finds every invariant intact",
        verified.isClean() && verified.entries() == store.sizeLong(),
        verified.isClean()
            ? String.format(Locale.ROOT, "%,d entries", verified.entries())
            : "findings=" + verified.findingCount() + " first=" + verified.findings().get(0));
  }
}
