package io.tophash.cli;

import io.tophash.core.HashStore;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Puts the entries of a file into a store. */
@Command(
    name = "load",
    description = {
      "Puts the entries of a file into a store. Makes the store if it is not there.",
      "The format is taken from the file's name (.tsv .csv .jsonl, and .gz behind it) or from"
          + " --format; standard input is tsv otherwise. What export writes, load reads back"
          + " exactly into a store of the same codecs.",
      "At a bad line it stops; the entries before it stay in the store.",
      "A large file comes into a SyncStore in pieces of up to 262,144 entries or 32 MiB, each in"
          + " the order of the store's file; of one that is cut off, the entries that are there"
          + " need not be the first ones."
    })
final class LoadCommand extends OpeningCommand {
  private static final int BAD_LINES_SHOWN = 5;
  private static final int BUFFER_BYTES = 1 << 16;

  @Mixin private CreateOptions create = new CreateOptions();

  @Parameters(index = "1", paramLabel = "FILE", description = "The file; - is standard input.")
  private String file;

  @Option(names = "--format", description = "One of: ${COMPLETION-CANDIDATES}.")
  private TransferFormat format;

  @Option(names = "--header", description = "csv: leave out the first record.")
  private boolean header;

  @Option(
      names = "--key-field",
      paramLabel = "NAME",
      defaultValue = "key",
      description = "jsonl: the field that holds the key. Default: ${DEFAULT-VALUE}.")
  private String keyField;

  @Option(
      names = "--value-field",
      paramLabel = "NAME",
      defaultValue = "value",
      description =
          "jsonl: the field that holds the value; anything but a string is stored as its JSON text."
              + " Default: ${DEFAULT-VALUE}.")
  private String valueField;

  @Option(
      names = "--skip-bad",
      description = "Leave out bad lines and count them; the first few are shown.")
  private boolean skipBad;

  @Option(
      names = "--expected",
      paramLabel = "N",
      description = "About how many entries will come; saves a new store its growth.")
  private long expected;

  @Option(
      names = "--progress",
      description = "Show the progress even if standard error is not a terminal.")
  private boolean progress;

  // Null until the store is open.
  private FillPieces pieces;
  private CountingStream counted;
  private Interruption interruption;

  private long readCount;
  private long added;
  private long badCount;
  private Progress bar = Progress.NONE;

  LoadCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    boolean fromStdin = file.equals("-");
    TransferFormat chosen = chooseFormat(fromStdin);
    long startNanos = System.nanoTime();
    // The file and its first entry first: no store is made for a file that cannot be loaded.
    try (CountingStream content = new CountingStream(openFile(fromStdin));
        Interruption signals = new Interruption()) {
      counted = content;
      interruption = signals;
      OpenStore.Plan plan = create.plan(path, patience());
      bar =
          new Progress(
              console.err(),
              progress || console.errIsTerminal(),
              fromStdin ? 0 : Files.size(Tophash.path(file)),
              Terminal.columns(console),
              System::nanoTime);
      RecordReader records = newReader(chosen, ByteOrderMark.skip(newContent(content, fromStdin)));
      FillPieces.Entry first = nextEntry(plan, records);
      try (OpenStore store = plan.open(expected, create.maxBytes(), create.maxEntries())) {
        loadOrLeaveNothing(store, plan, first, records);
        if (interruption.isRequested()) {
          // The signal decides the exit code.
          console.note("interrupted; the store is whole, loaded=" + readCount + " store=" + path);
          return ExitCode.OK;
        }
        report(store, System.nanoTime() - startNanos);
      }
    } finally {
      bar.end();
    }
    return ExitCode.OK;
  }

  /**
   * Loads; if that fails before anything is stored, a HashStore that was made for it is deleted,
   * while nobody else can have it. Others may have opened a SyncStore by then, so it stays.
   */
  private void loadOrLeaveNothing(
      OpenStore store, OpenStore.Plan plan, FillPieces.Entry first, RecordReader records)
      throws IOException {
    boolean loaded = false;
    try {
      // Of a stream each entry is stored as it comes: the next one may take its time.
      boolean inOrder = !file.equals("-") && Files.isRegularFile(Tophash.path(file));
      pieces = new FillPieces(store, inOrder);
      loadAll(plan, first, records);
      loaded = true;
    } finally {
      if (!loaded && readCount == 0 && plan.isNew() && store.store instanceof HashStore) {
        Files.deleteIfExists(path);
      }
    }
  }

  private TransferFormat chooseFormat(boolean fromStdin) {
    if (!fromStdin && Files.isDirectory(Tophash.path(file))) {
      throw new CliException(ExitCode.STORE, "the file to load is a directory, file=" + file);
    }
    if (format != null) {
      return format;
    }
    TransferFormat named =
        fromStdin ? TransferFormat.TSV : TransferFormat.ofName(Tophash.path(file));
    if (named == null) {
      throw usage("the file's name does not tell its format; use --format tsv, csv or jsonl");
    }
    return named;
  }

  private InputStream openFile(boolean fromStdin) throws IOException {
    return fromStdin ? console.in() : Files.newInputStream(Tophash.path(file));
  }

  private InputStream newContent(InputStream in, boolean fromStdin) throws IOException {
    return !fromStdin && TransferFormat.isGzip(Tophash.path(file))
        ? new GZIPInputStream(in, BUFFER_BYTES)
        : new BufferedInputStream(in, BUFFER_BYTES);
  }

  private RecordReader newReader(TransferFormat chosen, InputStream in) throws IOException {
    switch (chosen) {
      case TSV:
        return RecordReader.tsv(in);
      case CSV:
        return RecordReader.csv(in, header);
      default:
        return RecordReader.jsonLines(in, keyField, valueField);
    }
  }

  /** The next entry that can be used; null at the end. */
  private FillPieces.Entry nextEntry(OpenStore.Plan plan, RecordReader records) throws IOException {
    while (true) {
      try {
        return records.next() ? parse(plan, records) : null;
      } catch (BadRecordException e) {
        bad(records.line(), e);
      }
    }
  }

  private static FillPieces.Entry parse(OpenStore.Plan plan, RecordReader records)
      throws BadRecordException {
    try {
      byte[] key = plan.keys().parse("key", records.key);
      byte[] value = plan.values().parse("value", records.value);
      plan.checkSizes(key, value);
      return new FillPieces.Entry(key, value, records.line());
    } catch (CliException e) {
      throw new BadRecordException(e.getMessage(), true);
    }
  }

  private void loadAll(OpenStore.Plan plan, FillPieces.Entry first, RecordReader records)
      throws IOException {
    FillPieces.Entry entry = first;
    while (entry != null && !interruption.isRequested()) {
      if (pieces.add(entry)) {
        storePiece();
      }
      bar.update(readCount, counted.bytes);
      try {
        entry = nextEntry(plan, records);
      } catch (IOException | RuntimeException e) {
        storeWhatCame(e);
        throw e;
      }
    }
    storePiece();
    bar.end();
  }

  /** What came before a failure of the file stays in the store; the failure is what is told. */
  private void storeWhatCame(Exception failure) {
    try {
      storePiece();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  /**
   * Stores the entries that were taken and are not stored yet, or a part of them if the command is
   * told to end. Of those that the store refuses the first one of the file is told, after all in
   * front of it are stored.
   */
  private void storePiece() {
    long refused = Long.MAX_VALUE;
    IllegalArgumentException refusal = null;
    for (FillPieces.Entry entry : pieces.end()) {
      if (interruption.isRequested()) {
        return;
      }
      if (entry.line() < refused) {
        try {
          added += pieces.store().set(entry.key(), entry.value()) ? 1 : 0;
          readCount++;
          bar.update(readCount, counted.bytes);
        } catch (IllegalArgumentException e) {
          if (skipBad) {
            bad(entry.line(), new BadRecordException(e.getMessage(), true));
          } else {
            refused = entry.line();
            refusal = e;
          }
        }
      }
    }
    if (refusal != null) {
      bad(refused, new BadRecordException(refusal.getMessage(), true));
    }
  }

  private void bad(long line, BadRecordException e) {
    if (!skipBad || !e.canSkip) {
      if (pieces != null) {
        storePiece();
      }
      throw new CliException(
          ExitCode.INPUT,
          "line "
              + line
              + ": "
              + e.getMessage()
              + "; "
              + (e.canSkip ? "--skip-bad leaves such lines out" : "nothing behind it can be read")
              + ", file="
              + file
              + " loaded="
              + readCount,
          e);
    }
    badCount++;
    if (badCount <= BAD_LINES_SHOWN) {
      bar.end();
      console.note("line " + line + " left out: " + e.getMessage());
    }
  }

  private void report(OpenStore store, long nanos) throws IOException {
    long entries = store.store.sizeLong();
    if (json) {
      printJson(
          out -> {
            out.writeStringField("store", store.store.path().toString());
            out.writeNumberField("loaded", readCount);
            out.writeNumberField("added", added);
            out.writeNumberField("replaced", readCount - added);
            out.writeNumberField("bad", badCount);
            out.writeNumberField("entries", entries);
            out.writeNumberField("seconds", nanos / 1e9);
          });
    } else {
      print(
          String.format(
              Locale.ROOT,
              "loaded %,d entries in %.1f s (%,d new, %,d replaced, %,d bad lines left out);"
                  + " the store has %,d%n",
              readCount,
              nanos / 1e9,
              added,
              readCount - added,
              badCount,
              entries));
    }
  }

  /** Counts the bytes of the file that were read, compressed or not. */
  private static final class CountingStream extends FilterInputStream {
    private long bytes;

    CountingStream(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int b = in.read();
      bytes += b < 0 ? 0 : 1;
      return b;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int n = in.read(target, offset, length);
      bytes += Math.max(0, n);
      return n;
    }
  }
}
