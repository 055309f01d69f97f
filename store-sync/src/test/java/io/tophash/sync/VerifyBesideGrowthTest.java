package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.VerifyReport;
import io.tophash.core.crash.CrashHook;
import io.tophash.core.testing.ChildJvm;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.ShardLayout;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Another process makes the file longer, and moves all of a shard there, at the last moment before
 * the verifier has the shard's lock. A verifier that maps the file only before it waits for the
 * lock takes the segments there for ones that lead outside of the file.
 */
@Tag("hook")
@Tag("race")
class VerifyBesideGrowthTest {
  private static final int SHARDS = 2;
  private static final int STEP = 200_000;

  @TempDir Path directory;

  private static LongSyncStore open(Path path) {
    return SyncStore.longs().shards(SHARDS).windowBytes(64 << 20).open(path);
  }

  /** Puts so many new entries for each line of its input. */
  static final class Writer {
    public static void main(String[] args) throws Exception {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      long next = 1;
      try (LongSyncStore store = open(Path.of(args[0]))) {
        System.out.println("open");
        while (in.readLine() != null) {
          for (long end = next + STEP; next < end; next++) {
            store.put(next, next);
          }
          System.out.println(next - 1);
        }
      }
    }
  }

  private static final class BeforeLock implements CrashHook.Tracer {
    private final List<Long> locks;
    private final Runnable action;

    BeforeLock(List<Long> locks, Runnable action) {
      this.locks = locks;
      this.action = action;
    }

    @Override
    public void storing(long position, int length, boolean release) {
      if (locks.contains(position)) {
        CrashHook.trace(null);
        action.run();
      }
    }

    @Override
    public void reached(String point) {}

    @Override
    public void fence() {}
  }

  @Test
  void whatWasAddedBeforeTheLockIsMapped() throws Exception {
    Path path = directory.resolve("a.tph");
    try (LongSyncStore store = open(path);
        ChildJvm writer = ChildJvm.start(Writer.class, path)) {
      assertEquals("open", writer.readLine());
      long[] entries = new long[1];
      for (int shard = 0; shard < SHARDS; shard++) {
        long lengthBefore = Files.size(path);
        boolean[] ran = new boolean[1];
        CrashHook.trace(
            new BeforeLock(
                List.of(RegionLayout.shard(shard) + (long) ShardLayout.LOCK),
                () -> {
                  // What the first growth has left may be enough for another step, or two.
                  do {
                    assertTrue(writer.writeLine("grow"));
                    entries[0] = Long.parseLong(writer.readLine());
                  } while (path.toFile().length() == lengthBefore);
                  ran[0] = true;
                }));
        VerifyReport report;
        try {
          report = store.verify();
        } finally {
          CrashHook.trace(null);
        }
        assertTrue(ran[0], "the lock was never taken");
        assertTrue(report.isClean(), report.findings().toString());
      }
      assertEquals(entries[0], store.sizeLong());
    }
  }
}
