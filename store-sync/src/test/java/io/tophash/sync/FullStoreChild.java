package io.tophash.sync;

import io.tophash.core.crash.CrashHook;
import java.nio.file.Path;

/** Another process: it deletes the entries of a full store, and ends when it reaches a point. */
final class FullStoreChild {
  static final int HALTED = 9;

  private FullStoreChild() {}

  /** Arguments: store, number of keys, point. Says how many it has deleted. */
  public static void main(String[] args) {
    try (SyncStore<Long, byte[]> store = FullStoreTest.open(Path.of(args[0]))) {
      CrashHook.trace(
          new BackupTest.Points() {
            @Override
            public void reached(String point) {
              if (point.equals(args[2])) {
                Runtime.getRuntime().halt(HALTED);
              }
            }
          });
      for (long key = 0; key < Long.parseLong(args[1]); key++) {
        store.delete(key);
        System.out.println(key + 1);
      }
    }
    System.exit(0);
  }
}
