package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.HashStore;
import io.tophash.core.LongHashStore;
import io.tophash.core.errors.StoreLockedException;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.memory.Hold;
import io.tophash.core.memory.Sidecar;
import io.tophash.core.testing.ChildJvm;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opens that wait, or must not wait, and openers of one JVM that ask for different things. */
@Tag("fault")
class OpenersOfOneJvmTest {
  @TempDir Path dir;

  private LongSyncStoreBuilder builder() {
    return SyncStore.longs().windowBytes(1 << 20);
  }

  @Test
  void anOpenThatWaitsHoldsUpNoOtherStore() throws Exception {
    Path stuck = dir.toRealPath().resolve("stuck.tph");
    builder().open(stuck).close();
    Sidecar stopped = Sidecar.open(stuck, false); // as if by a process that was stopped
    Hold hold = new Hold();
    stopped.lockAttach(hold, 0);
    CompletableFuture<Void> waiting =
        CompletableFuture.runAsync(() -> builder().open(stuck).close());
    for (int i = 0; i < 20; i++) {
      builder().open(dir.resolve(i + ".tph")).close();
    }
    assertFalse(waiting.isDone());
    stopped.unlock(hold);
    waiting.join();
    stopped.release();
  }

  @Test
  void whatAFurtherOpenerAsksForHoldsOrIsRefused() {
    Path path = dir.resolve("a.tph");
    try (LongSyncStore first =
        builder().maxBytes(1 << 26).lockTimeout(Duration.ofSeconds(3)).open(path)) {
      builder().open(path).close(); // asks for nothing
      builder().maxBytes(1 << 26).lockTimeout(Duration.ofSeconds(3)).open(path).close();
      builder().readOnly(true).maxBytes(5).open(path).close(); // it concerns no reader
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class, () -> builder().maxBytes(1 << 27).open(path));
      assertTrue(e.getMessage().contains("open=67108864 requested=134217728"), e.getMessage());
      e =
          assertThrows(
              IllegalArgumentException.class,
              () -> builder().lockTimeout(Duration.ofSeconds(10)).open(path));
      assertTrue(e.getMessage().contains("open=3000 requested=10000"), e.getMessage());
      first.put(1, 1);
    }
    builder().maxBytes(1 << 27).open(path).close();
  }

  @Test
  void whoMayWaitGetsTheStoreWhenItIsClosed() throws Exception {
    Path path = dir.resolve("a.tph");
    LongHashStore first = HashStore.longs().open(path);
    assertThrows(
        StoreLockedException.class,
        () -> HashStore.longs().waitForLock(Duration.ofMillis(20)).open(path));
    CompletableFuture<Void> waiting =
        CompletableFuture.runAsync(
            () -> HashStore.longs().waitForLock(Duration.ofMinutes(5)).open(path).close());
    assertThrows(StoreLockedException.class, () -> HashStore.longs().open(path));
    assertFalse(waiting.isDone());
    first.close();
    waiting.join();
    HashStore.longs().open(path).close();
  }

  @Test
  void anInterruptEndsTheWait() {
    Path path = dir.resolve("a.tph");
    try (LongHashStore first = HashStore.longs().open(path)) {
      Thread.currentThread().interrupt();
      assertThrows(
          StoreLockedException.class,
          () -> HashStore.longs().waitForLock(Duration.ofDays(1)).open(path));
      assertTrue(Thread.interrupted());
      assertEquals(0, first.sizeLong());
    }
    assertThrows(
        IllegalArgumentException.class, () -> builder().waitForLock(Duration.ofMillis(-1)));
  }

  /** Holds the store open. */
  static final class Writer {
    public static void main(String[] args) throws IOException {
      try (LongSyncStore store = SyncStore.longs().open(Path.of(args[0]))) {
        store.put(1, 1);
        System.out.println("open");
        System.in.read();
      }
    }
  }

  @Test
  void aReaderBesideALivingWriterOfAnotherBootIdIsLetIn() throws Exception {
    Path path = dir.resolve("a.tph");
    try (ChildJvm writer = ChildJvm.start(Writer.class, path)) {
      assertEquals("open", writer.readLine());
      writeOtherBootId(path);
      try (LongSyncStore reader = builder().readOnly(true).open(path)) {
        assertEquals(1, reader.get(1));
      }
    }
    assertTrue(Files.exists(path));
  }

  private static void writeOtherBootId(Path path) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(HeaderLayout.BOOT_ID);
      file.writeLong(1234);
    }
  }
}
