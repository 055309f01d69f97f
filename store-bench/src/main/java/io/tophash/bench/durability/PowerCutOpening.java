package io.tophash.bench.durability;

import io.tophash.core.format.HeaderLayout;
import io.tophash.sync.LongSyncStore;
import io.tophash.sync.SyncStore;
import io.tophash.sync.format.ProcessLayout;
import io.tophash.sync.format.RegionLayout;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * How long the first opening of a store of longs after a power cut takes. A process fills the
 * store, forces it, changes it further, and halts; then others open it, each as on another run of
 * the machine, change it, and halt.
 */
public final class PowerCutOpening {
  private static final int OPENINGS = 5;
  private static final int CHANGES = 100_000;

  private PowerCutOpening() {}

  /**
   * Measures and prints.
   *
   * @param args the directory of the store and the number of entries; the processes that it starts
   *     get more
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    long entries = Long.parseLong(args[1]);
    if (args.length > 2) {
      run(Path.of(args[0]), entries, Integer.parseInt(args[2]));
      Runtime.getRuntime().halt(0);
    }
    Path path = Path.of(args[0]).resolve("opening-" + ProcessHandle.current().pid() + ".tph");
    for (int life = 0; life <= OPENINGS; life++) {
      new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-cp",
              System.getProperty("java.class.path"),
              PowerCutOpening.class.getName(),
              path.toString(),
              args[1],
              Integer.toString(life))
          .inheritIO()
          .start()
          .waitFor();
    }
    Files.deleteIfExists(path);
    Files.deleteIfExists(path.resolveSibling(path.getFileName() + ".lock"));
  }

  private static void run(Path path, long entries, int life) throws IOException {
    if (life == 0) {
      LongSyncStore store = SyncStore.longs().open(path);
      for (long key = 0; key < entries; key++) {
        store.put(key, key);
      }
      store.force();
      change(store, entries);
      return;
    }
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(HeaderLayout.BOOT_ID);
      file.writeLong(life);
      for (int slot = 0; slot < RegionLayout.PROCESS_COUNT; slot++) {
        file.seek(RegionLayout.process(slot) + ProcessLayout.WORLD);
        file.writeLong(life);
        file.seek(RegionLayout.process(slot) + ProcessLayout.RUN);
        file.writeLong(life);
      }
    }
    long start = System.nanoTime();
    LongSyncStore store = SyncStore.longs().open(path);
    double ms = (System.nanoTime() - start) / 1e6;
    if (store.sizeLong() != entries || store.get(0) != 0 || store.get(97) != 97) {
      throw new IllegalStateException("this is not what was forced");
    }
    System.out.printf(
        Locale.ROOT,
        "opened in %.0f ms, entries=%d fileBytes=%d%n",
        ms,
        store.sizeLong(),
        store.stats().fileBytes());
    change(store, entries);
  }

  private static void change(LongSyncStore store, long entries) {
    for (long i = 0; i < CHANGES; i++) {
      store.put(i * 97 % entries, -1);
    }
  }
}
