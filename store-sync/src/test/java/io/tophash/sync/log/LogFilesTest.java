package io.tophash.sync.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.crash.InMemoryDirectory;
import io.tophash.core.memory.HeapBytes;
import io.tophash.sync.format.LogEntryLayout;
import io.tophash.sync.format.LogLayout;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of a log: what was appended is read, in order, and nothing else ever is. */
@Tag("contract")
class LogFilesTest {
  private static final long STORE = 77;
  private static final long RUN = 5;
  private static final int FEW = 100;
  private static final int MANY = (1 << 20) - 200; // 15 such batches fill a file

  @TempDir(factory = InMemoryDirectory.class)
  Path dir;

  private LogFiles files() {
    return new LogFiles(dir.resolve("a.tph"), STORE, LogLayout.FILE_BYTES);
  }

  private Path file(int number) {
    return dir.resolve("a.tph.log-" + number);
  }

  static byte[] entry(int op, int keyBytes, int valueBytes, byte[] payload) {
    byte[] entry = new byte[LogEntryLayout.size(payload.length)];
    HeapBytes.putInt(entry, LogEntryLayout.BYTES, entry.length);
    HeapBytes.putInt(entry, LogEntryLayout.OP, op);
    HeapBytes.putInt(entry, LogEntryLayout.KEY_BYTES, keyBytes);
    HeapBytes.putInt(entry, LogEntryLayout.VALUE_BYTES, valueBytes);
    System.arraycopy(payload, 0, entry, LogEntryLayout.PAYLOAD, payload.length);
    return entry;
  }

  private static byte[] put(String key, byte[] value) {
    byte[] payload = new byte[key.length() + value.length];
    System.arraycopy(key.getBytes(UTF_8), 0, payload, 0, key.length());
    System.arraycopy(value, 0, payload, key.length(), value.length);
    return entry(LogEntryLayout.PUT, key.length(), value.length, payload);
  }

  private static ByteBuffer batch(long run, long seq, int valueBytes) {
    byte[] lane = put("key-" + seq, new byte[valueBytes]);
    return LogBatch.seal(
        run,
        seq,
        new int[] {3},
        new long[] {1000 * seq},
        new long[] {1000 * seq + lane.length},
        new byte[][] {lane});
  }

  private static LogFiles.Needed needed(long run, long from) {
    return new LogFiles.Needed(run, from, 0);
  }

  private static long append(LogFiles files, long place, long seq, int valueBytes, long keepFrom) {
    return files.append(place, RUN, seq, batch(RUN, seq, valueBytes), needed(RUN, keepFrom));
  }

  /** Appends batches from one number up to another, and returns the place behind them. */
  private static long appendAll(LogFiles files, long place, long from, long to, int valueBytes) {
    long at = place;
    for (long seq = from; seq <= to; seq++) {
      at = append(files, at, seq, valueBytes, 0);
    }
    return at;
  }

  private static void assertNext(LogReader reader, long seq) {
    LogBatch batch = reader.next();
    assertNotNull(batch, reader::problem);
    assertEquals(seq, batch.seq());
    assertEquals(3, batch.shard(0));
    LogEntries entries = batch.entries(0);
    assertTrue(entries.next());
    assertEquals("key-" + seq, new String(entries.key(), UTF_8));
    assertEquals(batch.to(0), entries.position());
    assertFalse(entries.next());
    assertNull(reader.problem());
  }

  private void assertReads(long from, long to) {
    try (LogFiles files = files();
        LogReader reader = files.read(RUN, from)) {
      for (long seq = from; seq <= to; seq++) {
        assertNext(reader, seq);
      }
      assertNull(reader.next());
      assertNull(reader.problem());
    }
  }

  private String problemFrom(long seq) {
    try (LogFiles files = files();
        LogReader reader = files.read(RUN, seq)) {
      assertNull(reader.next());
      return reader.problem();
    }
  }

  @Test
  void batchesAreReadInOrderFromAnyNumber() {
    try (LogFiles files = files()) {
      appendAll(files, 0, 10, 40, MANY);
    }
    assertTrue(Files.exists(file(2)));
    for (long from : new long[] {10, 11, 24, 25, 26, 40, 41}) {
      assertReads(from, 40);
    }
  }

  @Test
  void allLanesOfABatchAreThere() {
    byte[] first = put("a", new byte[3]);
    byte[] second = entry(LogEntryLayout.REMOVE, 1, 0, "b".getBytes(UTF_8));
    byte[] third = entry(LogEntryLayout.CLEAR, 0, 0, new byte[0]);
    try (LogFiles files = files()) {
      ByteBuffer batch =
          LogBatch.seal(
              RUN,
              1,
              new int[] {0, 5, 63},
              new long[] {8, 800, 0},
              new long[] {8 + first.length, 800 + second.length, third.length},
              new byte[][] {first, second, third});
      assertEquals(0, batch.limit() % LogLayout.ALIGNMENT);
      files.append(0, RUN, 1, batch, needed(RUN, 0));
      LogBatch read = files.read(RUN, 1).next();
      assertEquals(3, read.lanes());
      assertEquals(List.of(0, 5, 63), List.of(read.shard(0), read.shard(1), read.shard(2)));
      assertEquals(800, read.from(1));
      LogEntries entries = read.entries(1);
      assertTrue(entries.next());
      assertEquals(LogEntryLayout.REMOVE, entries.op());
      assertArrayEquals("b".getBytes(UTF_8), entries.key());
      assertEquals(0, entries.value().length);
    }
  }

  @Test
  void aReaderSeesWhatIsAppendedBesideIt() {
    try (LogFiles files = files();
        LogReader reader = files.read(RUN, 1)) {
      assertNull(reader.next());
      long place = 0;
      for (long seq = 1; seq <= 40; seq++) {
        place = append(files, place, seq, MANY, seq - 3);
        assertNext(reader, seq);
        assertNull(reader.next());
        assertNull(reader.problem());
      }
    }
  }

  @Test
  void filesThatAreNotNeededAreUsedAgain() {
    try (LogFiles files = files()) {
      long place = 0;
      for (long seq = 1; seq <= 200; seq++) {
        place = append(files, place, seq, MANY, seq - 20);
      }
      long bytes = LogFiles.bytes(dir.resolve("a.tph"));
      assertTrue(bytes <= 4L * LogLayout.FILE_BYTES, () -> "bytes=" + bytes);
    }
    assertReads(180, 200);
    String problem = problemFrom(1);
    assertTrue(problem.contains("begin later"), problem);
  }

  /** Who follows is as far behind as that; with none kept, the same files lose what he needs. */
  @Test
  void theNewestFilesAreKept() {
    for (int kept = 0; kept <= 3; kept += 3) {
      try (LogFiles files = files()) {
        long place = 0;
        for (long seq = 1; seq <= 200; seq++) {
          LogFiles.Needed needed = new LogFiles.Needed(RUN, seq, kept);
          place = files.append(place, RUN, seq, batch(RUN, seq, MANY), needed);
        }
        int most = kept;
        long bytes = LogFiles.bytes(dir.resolve("a.tph"));
        assertTrue(bytes <= (most + 2L) * LogLayout.FILE_BYTES, () -> "kept=" + most);
      }
      if (kept == 0) {
        assertTrue(problemFrom(160).contains("begin later"));
        LogFiles.delete(dir.resolve("a.tph"));
      } else {
        assertReads(200 - 3 * 15, 200);
      }
    }
  }

  @Test
  void theOldestFileIsUsedAgainFirst() {
    try (LogFiles files = files()) {
      LogFiles.Needed all = new LogFiles.Needed(RUN, 0, 3);
      for (int run = 1; run <= 3; run++) {
        assertEquals(run - 1, LogLayout.placeFile(files.begin(RUN + run, 1, 0, all)));
      }
      LogFiles.Needed two = new LogFiles.Needed(RUN + 9, 0, 2);
      for (int run = 4; run <= 9; run++) {
        assertEquals((run - 1) % 3, LogLayout.placeFile(files.begin(RUN + run, 1, 0, two)));
      }
    }
  }

  @Test
  void theFilesOfAnotherRunAreUsedAgainAndNotRead() {
    try (LogFiles files = files()) {
      appendAll(files, 0, 1, 20, MANY);
      long place = files.append(0, RUN + 1, 21, batch(RUN + 1, 21, FEW), needed(RUN + 1, 0));
      assertEquals(0, LogLayout.placeFile(place));
      assertEquals(2L * LogLayout.FILE_BYTES, LogFiles.bytes(dir.resolve("a.tph")));
      try (LogReader reader = files.read(RUN + 1, 21)) {
        assertNext(reader, 21);
        assertNull(reader.next()); // what stands behind it is of the other run
      }
    }
  }

  @Test
  void theFilesOfAFormerRunStayWhileTheyAreNeeded() {
    try (LogFiles files = files()) {
      appendAll(files, 0, 1, 20, MANY);
      long place = files.begin(RUN + 1, 21, RUN, needed(RUN, 10));
      assertEquals(2, LogLayout.placeFile(place));
      assertNull(files.read(RUN + 1, 21).next());
      assertNull(files.read(RUN + 1, 21).problem());
      place = files.append(place, RUN + 1, 21, batch(RUN + 1, 21, FEW), needed(RUN, 10));
      assertEquals(2, LogLayout.placeFile(place));
      assertReads(1, 20);
      assertEquals(0, LogLayout.placeFile(files.begin(RUN + 1, 22, RUN, needed(RUN + 1, 21))));
    }
  }

  @Test
  void aFileOfAnotherRunIsNotWrittenOn() throws IOException {
    long place;
    try (LogFiles files = files()) {
      place = append(files, 0, 1, FEW, 0);
    }
    Files.delete(file(0));
    try (LogFiles files = files()) {
      files.append(0, RUN + 1, 1, batch(RUN + 1, 1, FEW), needed(RUN, 0));
    }
    try (LogFiles files = files()) {
      place = files.append(place, RUN, 2, batch(RUN, 2, FEW), needed(RUN + 1, 0));
      assertEquals(1, LogLayout.placeFile(place));
      try (LogReader reader = files.read(RUN + 1, 1)) {
        assertNext(reader, 1);
      }
    }
  }

  @Test
  void aTornBatchIsNoneAndIsWrittenAgain() throws IOException {
    long place;
    try (LogFiles files = files()) {
      place = appendAll(files, 0, 1, 3, 9_000);
      append(files, place, 4, 9_000, 0);
    }
    try (RandomAccessFile raw = new RandomAccessFile(file(0).toFile(), "rw")) {
      raw.seek(LogLayout.placeOffset(place) + 5_000);
      raw.write(1);
    }
    assertReads(1, 3);
    try (LogFiles files = files()) {
      append(files, place, 4, 8_000, 0);
    }
    assertReads(1, 4);
  }

  @Test
  void filesThatAreCutShortOrMissingAreSaid() throws IOException {
    try (LogFiles files = files()) {
      appendAll(files, 0, 1, 40, MANY);
    }
    try (RandomAccessFile raw = new RandomAccessFile(file(1).toFile(), "rw")) {
      raw.setLength(LogLayout.FILE_BYTES / 2);
    }
    try (LogFiles files = files();
        LogReader reader = files.read(RUN, 1)) {
      while (reader.next() != null) {}
      assertTrue(reader.seq() > 16 && reader.seq() < 30, () -> "seq=" + reader.seq());
      assertTrue(reader.problem().contains("there is batch 31"), reader::problem);
    }
    Files.delete(file(1));
    assertTrue(problemFrom(16).contains("there is batch 31"));
    assertReads(31, 40);
    assertTrue(problemFrom(50).contains("ends at batch 40"));
    LogFiles.delete(dir.resolve("a.tph"));
    assertTrue(problemFrom(16).contains("no file of it is there"));
  }

  @Test
  void aForeignFileIsNamedAndLeftAlone() throws IOException {
    try (LogFiles files = new LogFiles(dir.resolve("a.tph"), STORE + 1, LogLayout.FILE_BYTES)) {
      append(files, 0, 1, FEW, 0);
    }
    Files.writeString(file(1), "mine");
    Files.writeString(dir.resolve("a.tph.log-old"), "mine too");
    byte[] before = Files.readAllBytes(file(0));
    String problem = problemFrom(1);
    assertTrue(problem.contains("a.tph.log-0, a.tph.log-1"), problem);
    try (LogFiles files = files()) {
      assertEquals(2, LogLayout.placeFile(append(files, 0, 1, FEW, 0)));
    }
    assertReads(1, 1);
    assertArrayEquals(before, Files.readAllBytes(file(0)));
    assertEquals("mine", Files.readString(file(1)));
    assertTrue(Files.exists(dir.resolve("a.tph.log-old")));
  }

  @Test
  void whatAKillHasLeftUnfinishedIsUsedAgain() throws IOException {
    Files.write(file(0), new byte[100_000]); // killed while it was made
    try (LogFiles files = files()) {
      assertEquals(0, LogLayout.placeFile(append(files, 0, 1, FEW, 0)));
    }
    assertEquals(LogLayout.FILE_BYTES, Files.size(file(0)));
    try (RandomAccessFile raw = new RandomAccessFile(file(0).toFile(), "rw")) {
      raw.seek(LogLayout.FIRST_SEQ);
      raw.write(9); // cut off while it was begun
    }
    try (LogFiles files = files()) {
      assertEquals(0, LogLayout.placeFile(append(files, 0, 2, FEW, 0)));
    }
    assertReads(2, 2);
  }

  @Test
  void aFileThatWasRemovedIsReplaced() throws IOException {
    try (LogFiles files = files()) {
      long place = append(files, 0, 1, FEW, 0);
      Files.delete(file(0));
      append(files, place, 2, FEW, 0);
    }
    assertReads(2, 2);
  }

  @Test
  void anInterruptBreaksNothing() {
    Thread.currentThread().interrupt();
    try (LogFiles files = files()) {
      appendAll(files, 0, 1, 3, FEW);
      assertReads(1, 3);
    } finally {
      assertTrue(Thread.interrupted());
    }
  }

  @Test
  void partsBecomeOneChange() {
    byte[] piece = "valuevalue".getBytes(UTF_8);
    byte[] lane =
        concat(
            entry(LogEntryLayout.PART, 3, 0, "old".getBytes(UTF_8)), // of a killed one
            entry(LogEntryLayout.PART, 3, 0, "key".getBytes(UTF_8)),
            entry(LogEntryLayout.PART, piece.length, 1, piece),
            entry(LogEntryLayout.LARGE, 3, piece.length, new byte[0]),
            entry(LogEntryLayout.PART, 3, 0, "old".getBytes(UTF_8)),
            entry(LogEntryLayout.REMOVE, 1, 0, "k".getBytes(UTF_8)),
            entry(LogEntryLayout.PART, 3, 0, "key".getBytes(UTF_8)),
            entry(LogEntryLayout.LARGE_REMOVE, 3, 0, new byte[0]),
            entry(LogEntryLayout.CLEAR, 0, 0, new byte[0]),
            entry(LogEntryLayout.LARGE, 3, 0, new byte[0]));
    try (LogFiles files = files()) {
      ByteBuffer batch =
          LogBatch.seal(
              RUN, 1, new int[] {0}, new long[] {0}, new long[] {lane.length}, new byte[][] {lane});
      files.append(0, RUN, 1, batch, needed(RUN, 0));
      LogEntries entries = files.read(RUN, 1).next().entries(0);
      LogParts parts = new LogParts(0);
      assertChange("PUT key valuevalue", parts, entries, 4);
      assertChange("REMOVE k ", parts, entries, 2);
      assertChange("REMOVE key ", parts, entries, 2);
      assertChange("CLEAR  ", parts, entries, 1);
      assertTrue(entries.next());
      assertThrows(IllegalStateException.class, () -> parts.accept(entries));
    }
  }

  private static void assertChange(
      String expected, LogParts parts, LogEntries entries, int entriesOfIt) {
    for (int i = 1; i < entriesOfIt; i++) {
      assertTrue(entries.next());
      assertNull(parts.accept(entries));
    }
    assertTrue(entries.next());
    LogChange change = parts.accept(entries);
    String op = List.of("", "PUT", "REMOVE", "CLEAR").get(change.op());
    assertEquals(
        expected, op + " " + new String(change.key(), UTF_8) + " " + new String(change.value()));
    assertEquals(entries.position(), change.position());
  }

  private static byte[] concat(byte[]... pieces) {
    ByteBuffer all = ByteBuffer.allocate(10_000);
    for (byte[] piece : pieces) {
      all.put(piece);
    }
    byte[] bytes = new byte[all.position()];
    all.flip().get(bytes);
    return bytes;
  }
}
