package io.tophash.sync;

import io.tophash.core.codec.Codecs;
import io.tophash.core.crash.CrashHook;
import java.nio.file.Path;
import java.util.Random;

/** Another process: one that writes pairs, or one that ends in the middle of a backup. */
final class BackupChild {
  static final int HALTED = 9;

  private BackupChild() {}

  /** Arguments: "count", "backup" or "update", store, shards, and for a backup target and point. */
  public static void main(String[] args) {
    Path file = Path.of(args[1]);
    SyncStore<String, byte[]> store =
        SyncStore.builder(Codecs.utf8(), Codecs.bytes())
            .shards(Integer.parseInt(args[2]))
            .windowBytes(4 << 20)
            .maxSegmentBytes(8_000)
            .open(file);
    if (args[0].equals("count")) {
      PairWriter writer = new PairWriter(store, file, "there", 20);
      Random random = new Random(1);
      writer.step(random);
      System.out.println("counting");
      while (true) {
        writer.step(random);
      }
    }
    CrashHook.trace(
        new BackupTest.Points() {
          @Override
          public void reached(String point) {
            if (point.equals(args[4])) {
              Runtime.getRuntime().halt(HALTED);
            }
          }
        });
    if (args[0].equals("update")) {
      store.backup(Path.of(args[3]), SyncStore.LAST_BACKUP);
    } else {
      store.backup(Path.of(args[3]));
    }
    System.exit(0);
  }
}
