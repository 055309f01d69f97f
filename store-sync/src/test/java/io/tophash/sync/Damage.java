package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Changes bytes of a closed store. */
final class Damage {
  private Damage() {}

  /** Replaces each occurrence of a text by another of the same length. */
  static void replace(Path file, String text, String by) throws IOException {
    byte[] all = Files.readAllBytes(file);
    String content = new String(all, StandardCharsets.ISO_8859_1);
    int count = 0;
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      for (int at = content.indexOf(text); at >= 0; at = content.indexOf(text, at + 1)) {
        out.seek(at);
        out.write(by.getBytes(StandardCharsets.ISO_8859_1));
        count++;
      }
    }
    assertTrue(count > 0, "the text is not in the file");
  }
}
