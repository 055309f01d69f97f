package io.tophash.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tophash.cache.TophashCache;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the value of a key. */
@Command(
    name = "get",
    description = {
      "Prints the value of a key. If the key is absent, prints nothing and exits with 1.",
      "With --json, of a cache also how old the value is and when it expires."
    })
final class GetCommand extends OpeningCommand {
  @Parameters(index = "1", paramLabel = "KEY", description = "The key, as text.")
  private String key;

  @Option(
      names = "--raw",
      description = "Print the value's bytes as they are stored, without a line end.")
  private boolean raw;

  GetCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    if (raw && json) {
      throw usage("--raw and --json exclude each other");
    }
    try (OpenStore store = OpenStore.toRead(path, patience(), console)) {
      byte[] encodedKey = store.keys.parse("key", key);
      byte[] value = store.map.get(encodedKey);
      if (value == null) {
        return ExitCode.ABSENT;
      }
      if (raw) {
        console.out().write(value);
      } else if (json) {
        printJson(
            out -> {
              store.keys.writeJson(out, "key", encodedKey);
              store.values.writeJson(out, "value", value);
              if (store.cache != null) {
                writeTimes(out, store.cache, encodedKey);
              }
            });
      } else {
        print(store.values.format(value) + "\n");
      }
      return ExitCode.OK;
    }
  }

  /** How old it is, and when it expires if it does. */
  private static void writeTimes(
      JsonGenerator out, TophashCache<byte[], byte[]> cache, byte[] encodedKey) throws IOException {
    Optional<Duration> age = cache.age(encodedKey);
    if (age.isPresent()) {
      out.writeNumberField("ageMs", age.get().toMillis());
    }
    Optional<Duration> left =
        cache.expiresIn(encodedKey).filter(time -> !time.equals(TophashCache.FOREVER));
    if (left.isPresent()) {
      out.writeNumberField("expiresInMs", left.get().toMillis());
      out.writeStringField("expiresAt", Instant.now().plus(left.get()).toString());
    }
  }
}
