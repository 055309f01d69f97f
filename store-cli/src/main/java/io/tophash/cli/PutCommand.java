package io.tophash.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Stores one entry. */
@Command(
    name = "put",
    description = "Stores a value under a key. Makes the store if it is not there.")
final class PutCommand extends OpeningCommand {
  // More than any store takes; standard input may have no end.
  private static final int MOST_BYTES = 256 << 20;

  @Mixin private CreateOptions create = new CreateOptions();

  @Parameters(index = "1", paramLabel = "KEY", description = "The key, as text.")
  private String key;

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "VALUE",
      description = "The value, as text; - reads all of standard input.")
  private String value;

  @Option(
      names = "--value-file",
      paramLabel = "FILE",
      description = "Take the value from this file, to the last byte.")
  private Path valueFile;

  PutCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    if ((value == null) == (valueFile == null)) {
      throw usage("give either VALUE or --value-file");
    }
    byte[] content = null;
    if (valueFile != null) {
      try (InputStream file = Files.newInputStream(valueFile)) {
        content = file.readNBytes(MOST_BYTES + 1);
      }
    } else if (value.equals("-")) {
      content = console.in().readNBytes(MOST_BYTES + 1);
    }
    if (content != null && content.length > MOST_BYTES) {
      throw new CliException(
          ExitCode.INPUT, "the value is too large: at most " + MOST_BYTES + " bytes");
    }
    OpenStore.Plan plan = create.plan(path, patience());
    byte[] encodedKey = plan.keys().parse("key", key);
    byte[] encodedValue =
        content != null
            ? plan.values().parseContent("value", content)
            : plan.values().parse("value", value);
    plan.checkSizes(encodedKey, encodedValue);
    try (OpenStore store = plan.open(0, create.maxBytes())) {
      boolean replaced = !set(store, encodedKey, encodedValue);
      if (json) {
        printJson(
            out -> {
              store.keys.writeJson(out, "key", encodedKey);
              out.writeBooleanField("replaced", replaced);
            });
      }
      return ExitCode.OK;
    }
  }

  private static boolean set(OpenStore store, byte[] key, byte[] value) {
    try {
      return store.set(key, value);
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.INPUT, e.getMessage(), e);
    }
  }
}
