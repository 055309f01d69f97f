package io.tophash.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How long a command waits for a store that somebody else has open. */
final class WaitOption {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)?");

  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      description =
          "Wait so long for a store that somebody else has open, such as 500ms, 10s, 2m or 1h,"
              + " instead of failing at once.")
  private Duration wait = Duration.ZERO;

  Duration duration() {
    return wait;
  }

  /** A number of seconds, or with a unit of ms, s, m or h behind it. */
  static Duration parse(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new TypeConversionException(
          "expected a whole number with ms, s, m or h behind it, such as 10s, but was '"
              + text
              + "'");
    }
    long number = Long.parseLong(matcher.group(1));
    String unit = matcher.group(2) == null ? "s" : matcher.group(2);
    switch (unit) {
      case "ms":
        return Duration.ofMillis(number);
      case "s":
        return Duration.ofSeconds(number);
      case "m":
        return Duration.ofMinutes(number);
      default:
        return Duration.ofHours(number);
    }
  }
}
