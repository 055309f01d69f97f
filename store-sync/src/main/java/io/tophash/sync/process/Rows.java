package io.tophash.sync.process;

import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.ProcessIdentity;
import io.tophash.core.memory.ThisProcess;
import io.tophash.sync.format.ProcessLayout;
import io.tophash.sync.format.RegionLayout;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Who has a row: for people, and to find out whether it lives. Any thread. */
public final class Rows {
  private Rows() {}

  static void describeSelf(MappedMemory memory, int slot, long run) {
    long row = RegionLayout.process(slot);
    Instant started = ThisProcess.started();
    ProcessIdentity self = ProcessIdentity.current();
    memory.putLong(row, ProcessLayout.PID, self.pid());
    memory.putLong(row, ProcessLayout.START, self.start());
    memory.putLong(row, ProcessLayout.WORLD, self.world());
    memory.putLong(row, ProcessLayout.RUN, run);
    memory.putLong(row, ProcessLayout.STARTED_MS, started == null ? 0 : started.toEpochMilli());
    memory.putLong(row, ProcessLayout.ATTACHED_MS, System.currentTimeMillis());
    memory.putBytes(row + ProcessLayout.HOST, hostBytes(), 0, ProcessLayout.HOST_BYTES);
    for (int i = 0; i < ProcessLayout.HAZARD_COUNT; i++) {
      int hazard = ProcessLayout.hazard(i);
      memory.putLong(row, hazard + ProcessLayout.HAZARD_STORES, 0);
      memory.putLong(row, hazard + ProcessLayout.HAZARD_REMOVES, 0);
    }
  }

  private static byte[] hostBytes() {
    String name = ThisProcess.hostName();
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    while (text.length >= ProcessLayout.HOST_BYTES) {
      name = name.substring(0, name.length() - 1);
      text = name.getBytes(StandardCharsets.UTF_8);
    }
    byte[] field = new byte[ProcessLayout.HOST_BYTES];
    field[0] = (byte) text.length;
    System.arraycopy(text, 0, field, 1, text.length);
    return field;
  }

  /** Which process has a row, or had it last; garbage while another one enters. */
  static ProcessIdentity identity(MappedMemory memory, int slot) {
    long row = RegionLayout.process(slot);
    return new ProcessIdentity(
        memory.getLong(row, ProcessLayout.PID),
        memory.getLong(row, ProcessLayout.START),
        memory.getLong(row, ProcessLayout.WORLD));
  }

  static boolean isAttached(MappedMemory memory, int slot) {
    return memory.getLongVolatile(RegionLayout.process(slot), ProcessLayout.ATTACHED) != 0;
  }

  /** The processes that have a store open for writing, or were killed while they had. */
  public static List<AttachedProcess> attachedOrKilled(MappedMemory memory) {
    return attached(memory, slot -> true);
  }

  static List<AttachedProcess> attached(MappedMemory memory, IntPredicate isWanted) {
    return IntStream.range(0, RegionLayout.PROCESS_COUNT)
        .filter(slot -> isAttached(memory, slot) && isWanted.test(slot))
        .mapToObj(slot -> read(memory, slot))
        .toList();
  }

  static AttachedProcess read(MappedMemory memory, int slot) {
    long row = RegionLayout.process(slot);
    long stores = 0;
    long removes = 0;
    for (int i = 0; i < ProcessLayout.HAZARD_COUNT; i++) {
      int hazard = ProcessLayout.hazard(i);
      stores += memory.getLong(row, hazard + ProcessLayout.HAZARD_STORES);
      removes += memory.getLong(row, hazard + ProcessLayout.HAZARD_REMOVES);
    }
    return new AttachedProcess(
        slot,
        memory.getLong(row, ProcessLayout.PID),
        instant(memory.getLong(row, ProcessLayout.STARTED_MS)),
        instant(memory.getLong(row, ProcessLayout.ATTACHED_MS)),
        host(memory, row),
        stores,
        removes);
  }

  private static String host(MappedMemory memory, long row) {
    byte[] field = new byte[ProcessLayout.HOST_BYTES];
    memory.getBytes(row + ProcessLayout.HOST, field, 0, field.length);
    int length = Math.min(field[0] & 0xFF, field.length - 1);
    return new String(Arrays.copyOfRange(field, 1, 1 + length), StandardCharsets.UTF_8);
  }

  private static Instant instant(long ms) {
    return ms == 0 ? null : Instant.ofEpochMilli(ms);
  }
}
