package io.tophash.core.memory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/** A line of text behind the locked bytes of a {@link Sidecar}: who has it alone. For people. */
final class LockNote {
  private static final long POSITION = 4096;
  private static final int BYTES = 256;

  private LockNote() {}

  static String read(LockedFile file) {
    try {
      String text = new String(file.read(POSITION, BYTES), StandardCharsets.UTF_8).trim();
      return text.isEmpty() ? "unknown" : "{" + text + "}";
    } catch (IOException e) {
      return "unknown";
    }
  }

  static void write(LockedFile file) {
    Instant started = ThisProcess.started();
    String text =
        "pid="
            + ThisProcess.pid()
            + " started="
            + (started == null ? "unknown" : started)
            + " host="
            + ThisProcess.hostName();
    byte[] note = new byte[BYTES];
    Arrays.fill(note, (byte) ' ');
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, note, 0, Math.min(bytes.length, BYTES));
    try {
      file.write(POSITION, note);
    } catch (IOException e) {
      // The disk may be full, which is no reason to refuse to open: the note is for people only.
    }
  }
}
