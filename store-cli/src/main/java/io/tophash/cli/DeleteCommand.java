package io.tophash.cli;

import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Removes one entry. */
@Command(
    name = "delete",
    description = "Removes a key and its value. If the key is absent, exits with 1.")
final class DeleteCommand extends OpeningCommand {
  @Parameters(index = "1", paramLabel = "KEY", description = "The key, as text.")
  private String key;

  DeleteCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    try (OpenStore store = OpenStore.toWrite(path, patience())) {
      byte[] encodedKey = store.keys.parse("key", key);
      boolean deleted = store.map.remove(encodedKey) != null;
      if (json) {
        printJson(
            out -> {
              store.keys.writeJson(out, "key", encodedKey);
              out.writeBooleanField("deleted", deleted);
            });
      }
      return deleted ? ExitCode.OK : ExitCode.ABSENT;
    }
  }
}
