package io.tophash.cli;

import io.tophash.core.StoreInfo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      description =
          "Let the value expire after so long, such as 30s, 10m or 12h. Needs a cache; a new store"
              + " is one then.")
  private Duration ttl;

  PutCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    if ((value == null) == (valueFile == null)) {
      throw usage("give either VALUE or --value-file");
    }
    if (ttl != null && ttl.isZero()) {
      throw usage("--ttl must be positive");
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
    OpenStore.Plan plan =
        create.plan(path, patience(), ttl != null ? StoreInfo.Kind.CACHE : StoreInfo.Kind.HASH);
    if (ttl != null && plan.kind() != StoreInfo.Kind.CACHE) {
      throw usage("--ttl needs a cache; no other store lets its entries expire");
    }
    byte[] encodedKey = plan.keys().parse("key", key);
    byte[] encodedValue =
        content != null
            ? plan.values().parseContent("value", content)
            : plan.values().parse("value", value);
    plan.checkSizes(encodedKey, encodedValue);
    try (OpenStore store = plan.open(0, create.maxBytes(), create.maxEntries())) {
      boolean replaced =
          ttl != null
              ? putWithTtl(store, encodedKey, encodedValue)
              : !set(store, encodedKey, encodedValue);
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

  /** True if there was a value before. */
  private boolean putWithTtl(OpenStore store, byte[] key, byte[] value) {
    boolean replaced = store.cache.expiresIn(key).isPresent();
    store.cache.put(key, value, ttl);
    return replaced;
  }

  private static boolean set(OpenStore store, byte[] key, byte[] value) {
    try {
      return store.set(key, value);
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.INPUT, e.getMessage(), e);
    }
  }
}
