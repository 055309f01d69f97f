package io.tophash.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The command line as it was given, always as UTF-8. The JVM decodes it by the locale, and replaces
 * what it cannot decode, so that two keys would become one: in the locale {@code C} every letter
 * that is not ASCII. So an argument that may not be what was given is taken from the bytes of the
 * command line, where the system shows them, and refused otherwise.
 */
final class Arguments {
  private static final Path RAW = Path.of("/proc/self/cmdline");

  // What the JVM puts in place of bytes that it cannot decode, and the locale's name then.
  private static final char REPLACED = '\ufffd';
  private static final char REPLACED_IN_ASCII = '?';
  private static final Set<String> ASCII = Set.of("ANSI_X3.4-1968", "US-ASCII", "646");

  private Arguments() {}

  /**
   * The arguments as they were given.
   *
   * @param decoded what the JVM has made of them
   * @throws CliException if one of them is not valid UTF-8
   */
  static String[] asGiven(String[] decoded) {
    byte[] raw = {};
    String locale = System.getProperty("sun.jnu.encoding", "");
    if (Arrays.stream(decoded).anyMatch(Arguments::isDoubtful)) {
      try {
        raw = Files.readAllBytes(RAW);
      } catch (IOException e) {
        // Not Linux.
      }
    }
    return asGiven(decoded, raw, ASCII.contains(locale.toUpperCase(Locale.ROOT)));
  }

  /**
   * The arguments as they were given.
   *
   * @param decoded what the JVM has made of them
   * @param raw the command line as the system shows it: each word with a 0 behind it, the arguments
   *     last; empty if it is not known
   * @param ascii true if the locale has no other letters
   */
  static String[] asGiven(String[] decoded, byte[] raw, boolean ascii) {
    List<byte[]> words = words(raw);
    int before = words.size() - decoded.length;
    String[] given = decoded.clone();
    for (int i = 0; i < decoded.length; i++) {
      if (!isDoubtful(decoded[i])) {
        continue;
      }
      if (before >= 0) {
        try {
          ByteBuffer word = ByteBuffer.wrap(words.get(before + i));
          given[i] = StandardCharsets.UTF_8.newDecoder().decode(word).toString();
        } catch (CharacterCodingException e) {
          throw refused(i, "is not valid UTF-8");
        }
      } else if (ascii || decoded[i].indexOf(REPLACED) >= 0) {
        throw refused(i, "has letters that the locale of this process does not have");
      }
    }
    return given;
  }

  private static CliException refused(int index, String why) {
    return new CliException(
        ExitCode.USAGE,
        "argument "
            + (index + 1)
            + " "
            + why
            + "; texts are UTF-8 here: use a UTF-8 locale, such as LC_ALL=C.UTF-8, or give the value"
            + " by standard input or --value-file, and keys by load");
  }

  /** True if the JVM may have replaced or misread a part of it. */
  private static boolean isDoubtful(String argument) {
    return !argument.chars().allMatch(c -> c < 0x80 && c != REPLACED_IN_ASCII);
  }

  private static List<byte[]> words(byte[] raw) {
    List<byte[]> words = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] == 0) {
        words.add(Arrays.copyOfRange(raw, from, i));
        from = i + 1;
      }
    }
    return words;
  }
}
