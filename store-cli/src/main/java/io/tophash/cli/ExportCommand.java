package io.tophash.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
final class ExportCommand extends StoreCommand {
  @Option(names = "--format", description = "One of: ${COMPLETION-CANDIDATES}.")
  private TransferFormat format;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description =
          "Write to this file, which appears when it is complete. Default: standard output.")
  private Path output;

  ExportCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    if (output == null) {
      if (json && format != null && format != TransferFormat.JSONL) {
        throw usage("--json and --format " + format + " exclude each other");
      }
      try (OpenStore store = OpenStore.toRead(path, console)) {
        Writer writer = console.newWriter();
        export(store, json ? TransferFormat.JSONL : orTsv(format), writer);
        writer.flush();
      }
      return ExitCode.OK;
    }
    try (OpenStore store = OpenStore.toRead(path, console)) {
      long bytes = exportToFile(store);
      report(store.store.sizeLong(), bytes);
    }
    return ExitCode.OK;
  }

  private static TransferFormat orTsv(TransferFormat chosen) {
    return chosen == null ? TransferFormat.TSV : chosen;
  }

  private long exportToFile(OpenStore store) throws IOException {
    if (Files.isDirectory(output)) {
      throw new CliException(ExitCode.STORE, "the output is a directory, file=" + output);
    }
    if (Files.exists(output) && Files.isSameFile(output, path)) {
      throw usage("the output is the store itself");
    }
    TransferFormat chosen = orTsv(format != null ? format : TransferFormat.ofName(output));
    Path unfinished = output.resolveSibling(output.getFileName() + ".part");
    try {
      try (OutputStream file = Files.newOutputStream(unfinished);
          OutputStream content = TransferFormat.isGzip(output) ? new GZIPOutputStream(file) : file;
          Writer writer =
              new BufferedWriter(new OutputStreamWriter(content, StandardCharsets.UTF_8))) {
        export(store, chosen, writer);
      }
      Files.move(unfinished, output, StandardCopyOption.REPLACE_EXISTING);
      return Files.size(output);
    } finally {
      Files.deleteIfExists(unfinished);
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
}
