package io.tophash.cli;

import java.nio.file.Path;
import java.util.Locale;

/** The file formats of {@code load} and {@code export}. */
enum TransferFormat {
  /** A key, a tab, a value on each line, with the escapes of {@link Tsv}. */
  TSV,
  /** RFC 4180: two columns. */
  CSV,
  /** A JSON object on each line. */
  JSONL;

  /** The format that a file name stands for, {@code .gz} left aside; null if it says nothing. */
  static TransferFormat ofName(Path file) {
    String name = name(file);
    if (isGzip(file)) {
      name = name.substring(0, name.length() - 3);
    }
    if (name.endsWith(".tsv") || name.endsWith(".tab")) {
      return TSV;
    }
    if (name.endsWith(".csv")) {
      return CSV;
    }
    return name.endsWith(".jsonl") || name.endsWith(".ndjson") || name.endsWith(".json")
        ? JSONL
        : null;
  }

  /** True if the name says that the file is compressed. */
  static boolean isGzip(Path file) {
    return name(file).endsWith(".gz");
  }

  // A root has no name.
  private static String name(Path file) {
    Path last = file.getFileName();
    return last == null ? "" : last.toString().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
