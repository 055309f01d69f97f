package io.tophash.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Copies a store, which may be in use if it is a SyncStore. */
@Command(
    name = "backup",
    description = {
      "Copies a store to a new file, which is a store as well: to restore it, open it.",
      "A SyncStore may be in use meanwhile. An existing file is never replaced."
    })
final class BackupCommand extends OpeningCommand {
  @Parameters(index = "1", paramLabel = "TARGET", description = "The new file.")
  private Path target;

  BackupCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    long startNanos = System.nanoTime();
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
}
