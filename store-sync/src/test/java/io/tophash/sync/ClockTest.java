package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.HashStore;
import io.tophash.core.LongHashStore;
import io.tophash.core.StoreInfo;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.testing.ChildJvm;
import io.tophash.core.testing.FileWords;
import io.tophash.sync.format.ProcessLayout;
import io.tophash.sync.format.RegionLayout;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The clock was set back, so that all times in the file lie in the future; or forward by far, or it
 * was wrong when they were written. Nothing but what people read depends on it.
 */
@Tag("fault")
class ClockTest {

  @TempDir Path directory;

  private static LongSyncStore open(Path path) {
    return SyncStore.longs().windowBytes(1 << 20).open(path);
  }

  /** Ends the process while it has a shard's lock. */
  public static final class HaltInARebuild implements CrashPoint.Hook {
    @Override
    public void reached(String point) {
      if (point.equals("rebuild.published")) {
        Runtime.getRuntime().halt(7);
      }
    }
  }

  static final class Writer {
    public static void main(String[] args) throws IOException {
      LongSyncStore store = open(Path.of(args[0]));
      System.out.println("open");
      if (args[1].equals("stay")) {
        System.in.read();
        return;
      }
      for (long i = 0; ; i++) {
        store.put(i, i);
      }
    }
  }

  private static void setTimes(Path file, long ms) throws IOException {
    for (int slot = 0; slot < 2; slot++) {
      FileWords.put(file, RegionLayout.process(slot) + ProcessLayout.STARTED_MS, ms);
      FileWords.put(file, RegionLayout.process(slot) + ProcessLayout.ATTACHED_MS, ms);
    }
  }

  private static void setCreated(Path file, long ms) throws IOException {
    byte[] sealed = new byte[HeaderLayout.SEALED_BYTES];
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.readFully(sealed);
      ByteBuffer header = ByteBuffer.wrap(sealed).order(ByteOrder.LITTLE_ENDIAN);
      header.putLong(HeaderLayout.CREATED_MS, ms);
      CRC32C checksum = new CRC32C();
      checksum.update(sealed, 0, HeaderLayout.CHECKSUM);
      header.putInt(HeaderLayout.CHECKSUM, (int) checksum.getValue());
      out.seek(0);
      out.write(sealed);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {4_294_967_296_000L, Long.MAX_VALUE, -1})
  void aStoreThatWillBeMadeInTheFutureOpens(long ms) throws IOException {
    Path sync = directory.resolve("sync.tph");
    Path hash = directory.resolve("hash.tph");
    open(sync).close();
    HashStore.longs().windowBytes(1 << 20).open(hash).close();
    for (Path path : List.of(sync, hash)) {
      setCreated(path, ms);
      assertEquals(Instant.ofEpochMilli(ms), StoreInfo.read(path).created());
    }
    try (LongSyncStore store = open(sync);
        LongHashStore other = HashStore.longs().windowBytes(1 << 20).open(hash)) {
      store.put(1, 1);
      other.put(1, 1);
      assertTrue(store.verify().isClean());
      assertTrue(other.verify().isClean());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {4_294_967_296_000L, Long.MAX_VALUE, -1})
  void aProcessThatWillAttachInTheFutureLives(long ms) throws IOException {
    Path path = directory.resolve("a.tph");
    open(path).close();
    try (ChildJvm writer = ChildJvm.start(Writer.class, path, "stay")) {
      assertEquals("open", writer.readLine());
      setTimes(path, ms);
      try (LongSyncStore store = open(path)) {
        store.put(1, 1);
        List<SyncStats.AttachedProcess> attached = store.stats().attached();
        assertEquals(2, attached.size());
        assertTrue(
            attached.stream()
                .anyMatch(
                    process ->
                        process.pid() == writer.pid()
                            && process.attachedAt().equals(Instant.ofEpochMilli(ms))),
            attached.toString());
        writer.kill();
        assertEquals(1, store.stats().attached().size());
        assertTrue(store.verify().isClean());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {4_294_967_296_000L, Long.MAX_VALUE, -1})
  void theLockOfOneWhoDiedInTheFutureIsTakenOver(long ms) throws IOException {
    Path path = directory.resolve("a.tph");
    try (ChildJvm writer =
        ChildJvm.start(
            List.of("-Dtophash.crashHook=" + HaltInARebuild.class.getName()),
            Writer.class,
            path,
            "die")) {
      assertEquals("open", writer.readLine());
      assertEquals(7, writer.waitForEnd());
    }
    setTimes(path, ms);
    try (LongSyncStore store = open(path)) {
      assertEquals(1, store.stats().takeovers());
      assertTrue(store.verify().isClean());
      long size = store.sizeLong();
      for (long i = 0; i < 20_000; i++) {
        store.put(-1 - i, i);
      }
      assertEquals(size + 20_000, store.sizeLong());
    }
  }

  /** A new use of the wall clock must be looked at: waits and decisions go by nanoTime. */
  @Test
  void theWallClockIsReadWhereItIsSaidToPeople() throws IOException {
    Set<String> found = new TreeSet<>();
    for (String module : List.of("../store-core", "../store-sync")) {
      try (Stream<Path> files = Files.walk(Path.of(module, "src", "main", "java"))) {
        for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
          String text = Files.readString(file);
          if (text.contains("currentTimeMillis")
              || text.contains("Instant.now")
              || text.contains("new Date(")
              || text.contains("java.time.Clock")
              || text.contains("getLastModifiedTime")) {
            found.add(file.getFileName().toString());
          }
        }
      }
    }
    assertEquals(
        Set.of(
            "OpenRequest.java", // when a store was made
            "Rows.java", // when a process has attached
            "Checkpoints.java", // when a checkpoint was taken
            "CheckpointTurn.java", // since when one is being taken
            "PinnedRoot.java", // when the moment of an image was
            "LogFileHeader.java", // when a file of the log was made
            "PowerCutRecovery.java", // how old the one is that came back
            "Statistics.java"), // since when one is under way
        found);
  }
}
