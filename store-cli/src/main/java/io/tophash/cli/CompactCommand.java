package io.tophash.cli;

import java.io.IOException;
import java.util.Locale;
import picocli.CommandLine.Command;

/** Gives unused space back to the file system. */
@Command(
    name = "compact",
    description = {
      "Gives unused space back to the file system, as far as what is behind it can be moved."
    })
final class CompactCommand extends OpeningCommand {
  CompactCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    try (OpenStore store = OpenStore.toWrite(path, patience())) {
      long before = store.store.stats().fileBytes();
      store.store.compact();
      long after = store.store.stats().fileBytes();
      if (json) {
        printJson(
            out -> {
              out.writeStringField("store", store.store.path().toString());
              out.writeNumberField("fileBytesBefore", before);
              out.writeNumberField("fileBytes", after);
            });
      } else {
        print(String.format(Locale.ROOT, "%,d bytes before, %,d bytes now%n", before, after));
      }
    }
    return ExitCode.OK;
  }
}
