package io.tophash.cli;

import io.tophash.sync.BackupReport;
import io.tophash.sync.SyncStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Copies a store, which may be in use if it is a SyncStore. */
@Command(
    name = "backup",
    description = {
      "Copies a store to a new file, which is a store as well: to restore it, open it.",
      "A SyncStore may be in use meanwhile. An existing file is never replaced; with --since, one",
      "that this command has made with --since is brought up to date."
    })
final class BackupCommand extends OpeningCommand {
  @Parameters(index = "1", paramLabel = "TARGET", description = "The new file.")
  private Path target;

  @Option(
      names = "--since",
      paramLabel = "N|last",
      description = {
        "Of a SyncStore: copies only what came since the moment that TARGET holds. 'last': whatever",
        "moment that is, and all if there is no TARGET; N: its number, as this command has said it;",
        "0: TARGET is not there yet."
      })
  private String since;

  BackupCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    long startNanos = System.nanoTime();
    if (since != null) {
      return callSince(number(), startNanos);
    }
    try (OpenStore store = OpenStore.toBackUp(path, patience(), console)) {
      store.store.backup(target);
    }
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    long bytes = Files.size(target);
    long entries;
    try (OpenStore copy = OpenStore.toRead(target, patience(), console)) {
      entries = copy.store.sizeLong();
    }
    if (json) {
      printJson(
          out -> {
            out.writeStringField("target", target.toAbsolutePath().toString());
            out.writeNumberField("entries", entries);
            out.writeNumberField("fileBytes", bytes);
            out.writeNumberField("seconds", seconds);
          });
    } else {
      print(
          String.format(
              Locale.ROOT,
              "%,d entries copied to %s, %,d bytes, in %.1f s%n",
              entries,
              target,
              bytes,
              seconds));
    }
    return ExitCode.OK;
  }

  private long number() {
    if (since.equals("last")) {
      return SyncStore.LAST_BACKUP;
    }
    try {
      long number = Long.parseLong(since);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new CliException(
        ExitCode.USAGE, "--since takes a number, or the word last, since=" + since);
  }

  private Integer callSince(long number, long startNanos) throws IOException {
    BackupReport report;
    try (OpenStore store = OpenStore.toWrite(path, patience())) {
      if (!(store.store instanceof SyncStore)) {
        throw new CliException(
            ExitCode.USAGE,
            "only a backup of a SyncStore can be brought up to date; leave --since away, store="
                + path);
      }
      report = ((SyncStore<byte[], byte[]>) store.map).backup(target, number);
    }
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    if (json) {
      printJson(
          out -> {
            out.writeStringField("target", target.toAbsolutePath().toString());
            out.writeNumberField("checkpoint", report.checkpoint());
            out.writeNumberField("copiedBytes", report.bytes());
            out.writeNumberField("fileBytes", Files.size(target));
            out.writeNumberField("seconds", seconds);
          });
    } else {
      print(
          String.format(
              Locale.ROOT,
              "%s holds checkpoint %d now, %,d bytes copied, in %.1f s%n",
              target,
              report.checkpoint(),
              report.bytes(),
              seconds));
    }
    return ExitCode.OK;
  }
}
