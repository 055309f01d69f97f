package io.tophash.core.memory;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Notes behind the locked bytes of a {@link Sidecar}: which process has the store open, and for
 * what. A kernel lock can be lost, as any code of its JVM that closes the file drops it; a note
 * cannot. So whoever got the locks looks whether a process of a note still lives.
 *
 * <p>A note counts in this very file only, and not in a copy of it. A row belongs to whoever has
 * the kernel lock on its byte, far behind the rows; and still to the process in it if that lives.
 * The picture is in docs/format.md, "Lock file".
 *
 * <p>File thread only.
 */
final class LockNotes {
  /** A process has the store open as one of several. */
  static final int TOGETHER = 1;

  /** A process only reads a store that others change. */
  static final int READS = 2;

  /** A process has the store alone. */
  static final int ALONE = 4;

  /** A process reads a store that nobody changes meanwhile. */
  static final int READING = 8;

  /** A row that somebody else has, or had. */
  record Note(int row, int kinds, ProcessIdentity process, long run, Instant started, String host) {
    boolean is(int anyOf) {
      return (kinds & anyOf) != 0;
    }

    @Override
    public String toString() {
      return "{pid=" + process.pid() + " started=" + started + " host=" + host + "}";
    }
  }

  static final int ROWS = 128;
  static final int ROW_BYTES = 128;
  static final long POSITION = 4096;
  private static final long LOCKS = 1L << 61;

  private static final int CHECKED_BYTES = ROW_BYTES - Integer.BYTES;
  private static final int HOST_BYTES = 64;
  private static final int RUN = 112;

  private final LockedFile file;
  private final ProcessIdentity self;
  private final long run;
  private int row = -1;
  private RangeLock lock;
  private int kinds;

  /**
   * @param self which process this is
   * @param run {@link MachineRun} on which it is
   */
  LockNotes(LockedFile file, ProcessIdentity self, long run) {
    this.file = file;
    this.self = self;
    this.run = run;
  }

  /** {@link MachineRun} of this process as one that has the file. */
  long run() {
    return run;
  }

  /**
   * Notes for what this process has the store; taken back by {@link #remove}. Who may not write the
   * file, or finds no room, goes without a note.
   */
  void add(int kind) throws IOException {
    if (row < 0 && file.isWritable()) {
      takeRow();
    }
    kinds |= kind;
    write();
  }

  /** Takes part of the note back, or all of it. */
  void remove(int kind) {
    kinds &= ~kind;
    write();
  }

  private void takeRow() throws IOException {
    Note[] all = read();
    for (int i = 0; i < ROWS && row < 0; i++) {
      RangeLock rowLock = rowLock(i);
      if (mayTake(all[i]) && rowLock.tryTake(false)) {
        row = i;
        lock = rowLock;
      }
    }
  }

  private boolean mayTake(Note note) {
    return note == null
        || note.process.isSelf()
        || note.process.state() == ProcessIdentity.State.DEAD
        || isOfEndedRun(note);
  }

  /** True if its process was on a run of the machine that has ended, if its lock is free. */
  boolean isOfEndedRun(Note note) {
    return MachineRun.differ(note.run, run);
  }

  private RangeLock rowLock(int index) {
    return new RangeLock(file, LOCKS + index, 1);
  }

  private void write() {
    if (row < 0) {
      return;
    }
    try {
      file.write(position(row), kinds == 0 ? new byte[ROW_BYTES] : bytes());
    } catch (IOException e) {
      // The disk may be full, which is no reason to refuse to open: the locks are there.
    }
  }

  private static long position(int index) {
    return POSITION + (long) index * ROW_BYTES;
  }

  private byte[] bytes() {
    Instant started = ThisProcess.started();
    ByteBuffer b = ByteBuffer.allocate(ROW_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    b.putInt(Integer.BYTES, kinds);
    b.putLong(8, self.pid());
    b.putLong(16, self.start());
    b.putLong(24, self.world());
    b.putLong(32, started == null ? 0 : started.toEpochMilli());
    byte[] host = ThisProcess.hostName().getBytes(StandardCharsets.UTF_8);
    int length = Math.min(host.length, HOST_BYTES);
    b.put(40, (byte) length);
    b.put(41, host, 0, length);
    b.putLong(RUN, run);
    b.putInt(0, checksum(b.array(), 0));
    return b.array();
  }

  // With the number of the file: what was copied with a copy of it says nothing.
  private int checksum(byte[] bytes, int at) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(Long.BYTES).putLong(file.id()).flip());
    crc.update(bytes, at + Integer.BYTES, CHECKED_BYTES);
    return (int) crc.getValue();
  }

  private Note[] read() throws IOException {
    byte[] bytes = file.read(POSITION, ROWS * ROW_BYTES);
    Note[] notes = new Note[ROWS];
    for (int i = 0; (i + 1) * ROW_BYTES <= bytes.length; i++) {
      notes[i] = parse(bytes, i);
    }
    return notes;
  }

  // Null for a free row, and for one that holds anything else.
  private Note parse(byte[] bytes, int index) {
    int at = index * ROW_BYTES;
    ByteBuffer b = ByteBuffer.wrap(bytes, at, ROW_BYTES).slice().order(ByteOrder.LITTLE_ENDIAN);
    int kinds = b.getInt(Integer.BYTES);
    if (kinds == 0 || b.getInt(0) != checksum(bytes, at)) {
      return null;
    }
    try {
      byte[] host = new byte[Math.min(b.get(40) & 0xFF, HOST_BYTES)];
      b.get(41, host);
      return new Note(
          index,
          kinds,
          new ProcessIdentity(b.getLong(8), b.getLong(16), b.getLong(24)),
          b.getLong(RUN),
          Instant.ofEpochMilli(b.getLong(32)),
          new String(host, StandardCharsets.UTF_8));
    } catch (BufferUnderflowException e) {
      return null;
    }
  }

  /** The notes of others of some kinds whose process may live. */
  List<Note> others(int anyOf) throws IOException {
    List<Note> found = new ArrayList<>();
    for (Note note : read()) {
      if (note != null
          && note.row != row
          && note.is(anyOf)
          && note.process.state() != ProcessIdentity.State.DEAD
          && (!isOfEndedRun(note) || rowLock(note.row).isTaken(true))) {
        found.add(note);
      }
    }
    return found;
  }

  /**
   * True if the process of a note is known to live: by itself, or by the lock of its row, which is
   * all that is known of a process of another world. One of this JVM is known by its lock.
   */
  boolean isAlive(Note note) throws IOException {
    return !note.process.isSelf() && note.process.state() == ProcessIdentity.State.ALIVE
        || rowLock(note.row).isTaken(true);
  }

  /** Deletes a note whose process has ended, as the caller found out, unless it is in use. */
  void delete(Note note) throws IOException {
    RangeLock rowLock = rowLock(note.row);
    if (file.isWritable() && rowLock.tryTake(false)) {
      if (note.equals(read()[note.row])) {
        file.write(position(note.row), new byte[ROW_BYTES]);
      }
      rowLock.giveUp();
    }
  }
}
