package io.tophash.cli;

import java.io.BufferedWriter;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes all entries so that {@code load} reads them back. */
@Command(
    name = "export",
    description = {
      "Writes all entries, so that load reads them back exactly into a store of the same codecs.",
      "The format is --format, or what the output file's name says (.tsv .csv .jsonl, and .gz behind"
          + " it), or tsv. Bytes that are not text are written as hex: and hexadecimal digits."
    })
final class ExportCommand extends OpeningCommand {
  @Option(names = "--format", description = "One of: ${COMPLETION-CANDIDATES}.")
  private TransferFormat format;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description =
          "Write to this file, which appears when it is complete, and keeps its permissions if it is"
              + " there already. A device or a pipe is written as it is. Default: standard output.")
  private Path output;

  @Option(
      names = "--snapshot",
      description =
          "Write the entries as they all were at one moment, while others go on changing the store."
              + " For a SyncStore that may be written.")
  private boolean snapshot;

  ExportCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    if (output == null) {
      if (json && format != null && format != TransferFormat.JSONL) {
        throw usage("--json and --format " + format + " exclude each other");
      }
      try (OpenStore store = open()) {
        Writer writer = console.newWriter();
        export(store, json ? TransferFormat.JSONL : orTsv(format), writer);
        writer.flush();
      }
      return ExitCode.OK;
    }
    if (isPartOfTheStore()) {
      throw usage("the output is the store itself or its lock file");
    }
    try (OpenStore store = open()) {
      long bytes = exportToFile(store);
      report(store.store.sizeLong(), bytes);
    }
    return ExitCode.OK;
  }

  private OpenStore open() {
    return snapshot
        ? OpenStore.toReadSnapshot(path, patience())
        : OpenStore.toRead(path, patience(), console);
  }

  private static TransferFormat orTsv(TransferFormat chosen) {
    return chosen == null ? TransferFormat.TSV : chosen;
  }

  private boolean isPartOfTheStore() throws IOException {
    return isSameFile(path) || isSameFile(path.resolveSibling(path.getFileName() + ".lock"));
  }

  private boolean isSameFile(Path other) throws IOException {
    return Files.exists(output) && Files.exists(other)
        ? Files.isSameFile(output, other)
        : output.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
  }

  private long exportToFile(OpenStore store) throws IOException {
    TransferFormat chosen = orTsv(format != null ? format : TransferFormat.ofName(output));
    try (OutputFile file = OutputFile.open(output)) {
      CountingOutput counted = new CountingOutput(file.out());
      try (OutputStream content =
              TransferFormat.isGzip(output) ? new GZIPOutputStream(counted) : counted;
          Writer writer =
              new BufferedWriter(new OutputStreamWriter(content, StandardCharsets.UTF_8))) {
        export(store, chosen, writer);
      }
      file.complete();
      return counted.bytes;
    }
  }

  private static void export(OpenStore store, TransferFormat format, Writer writer)
      throws IOException {
    RecordWriter records = RecordWriter.of(format, writer, store);
    Iterator<Map.Entry<byte[], byte[]>> entries = store.map.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<byte[], byte[]> entry = entries.next();
      records.write(entry.getKey(), entry.getValue());
    }
    records.finish();
  }

  private void report(long entries, long bytes) throws IOException {
    if (json) {
      printJson(
          out -> {
            out.writeStringField("file", output.toString());
            out.writeNumberField("entries", entries);
            out.writeNumberField("bytes", bytes);
          });
    } else {
      print(
          String.format(
              Locale.ROOT, "exported %,d entries to %s, %,d bytes%n", entries, output, bytes));
    }
  }

  /** Counts the bytes that are written. */
  private static final class CountingOutput extends FilterOutputStream {
    private long bytes;

    CountingOutput(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
      bytes++;
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      out.write(source, offset, length);
      bytes += length;
    }
  }
}
