package io.tophash.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.UUID;
import java.util.function.Function;

/**
 * How the keys or the values of a store look as text, chosen by the identity of their codec.
 *
 * <ul>
 *   <li>{@code utf8}: the text itself
 *   <li>{@code int32}, {@code int64}: a decimal number
 *   <li>{@code uuid}: as {@code 123e4567-e89b-12d3-a456-426614174000}
 *   <li>{@code bytes}: the text if they are valid UTF-8 that does not begin with {@value
 *       #HEX_PREFIX}, otherwise that prefix and hexadecimal digits
 *   <li>{@code enum:...}: the name of the constant, and any other codec: as {@code bytes}; both are
 *       for reading only, since only the program that has the codec knows what is valid
 * </ul>
 *
 * <p>What {@link #format} gives, {@link #parse} takes back to the same bytes.
 */
final class TextForm {
  /** Begins bytes that are written in hexadecimal. */
  static final String HEX_PREFIX = "hex:";

  private final Codec<byte[]> codec;
  private final Function<String, byte[]> parser;
  private final Function<byte[], String> printer;
  private final boolean number;
  private final boolean writable;

  private TextForm(
      Codec<byte[]> codec,
      Function<String, byte[]> parser,
      Function<byte[], String> printer,
      boolean number,
      boolean writable) {
    this.codec = codec;
    this.parser = parser;
    this.printer = printer;
    this.number = number;
    this.writable = writable;
  }

  /** The form for a codec that a store noted. */
  static TextForm of(String id, int fixedBytes) {
    Codec<byte[]> raw = Codecs.encoded(id, fixedBytes);
    switch (id) {
      case "utf8":
        return form(raw, Codecs.utf8(), Function.identity(), false);
      case "int32":
        return form(raw, Codecs.int32(), text -> number(Integer::valueOf, text, 32), true);
      case "int64":
        return form(raw, Codecs.int64(), text -> number(Long::valueOf, text, 64), true);
      case "uuid":
        return form(raw, Codecs.uuid(), TextForm::parseUuid, false);
      default:
        if (id.startsWith("enum:")) {
          return new TextForm(
              raw,
              text -> encode(Codecs.utf8(), text),
              bytes -> decode(Codecs.utf8(), bytes),
              false,
              false);
        }
        return new TextForm(
            raw, TextForm::parseBytes, TextForm::formatBytes, false, id.equals("bytes"));
    }
  }

  private static <T> TextForm form(
      Codec<byte[]> raw, Codec<T> codec, Function<String, T> parse, boolean number) {
    return new TextForm(
        raw,
        text -> encode(codec, parse.apply(text)),
        bytes -> String.valueOf(decode(codec, bytes)),
        number,
        true);
  }

  private static <T> byte[] encode(Codec<T> codec, T value) {
    byte[] bytes = new byte[codec.size(value)];
    codec.write(value, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    return bytes;
  }

  private static <T> T decode(Codec<T> codec, byte[] bytes) {
    return codec.read(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
  }

  private static <T> T number(Function<String, T> parse, String text, int bits) {
    try {
      return parse.apply(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("it is no whole number of " + bits + " bits", e);
    }
  }

  private static UUID parseUuid(String text) {
    String stripped = text.strip();
    try {
      UUID uuid = UUID.fromString(stripped);
      // The JDK takes short groups such as 1-2-3-4-5; they are more likely a mistake.
      if (uuid.toString().equalsIgnoreCase(stripped)) {
        return uuid;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new IllegalArgumentException("it is not 32 hexadecimal digits in groups of 8-4-4-4-12");
  }

  private static byte[] parseBytes(String text) {
    if (!text.startsWith(HEX_PREFIX)) {
      return encode(Codecs.utf8(), text);
    }
    try {
      return HexFormat.of().parseHex(text, HEX_PREFIX.length(), text.length());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "behind " + HEX_PREFIX + " an even number of hexadecimal digits must stand", e);
    }
  }

  private static String formatBytes(byte[] bytes) {
    try {
      String text = decodeStrictly(bytes);
      if (!text.startsWith(HEX_PREFIX)) {
        return text;
      }
    } catch (CharacterCodingException e) {
      // Not text, so hexadecimal.
    }
    return HEX_PREFIX + HexFormat.of().formatHex(bytes);
  }

  /** The text that bytes are in UTF-8. */
  static String decodeStrictly(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  /** The codec to open the store with. */
  Codec<byte[]> codec() {
    return codec;
  }

  /** True if this program may make such bytes. */
  boolean isWritable() {
    return writable;
  }

  /**
   * The encoded bytes of a text.
   *
   * @param what {@code "key"} or {@code "value"}, for the message
   * @throws CliException if the text does not fit
   */
  byte[] parse(String what, String text) {
    try {
      byte[] bytes = parser.apply(text);
      if (codec.fixedSize() >= 0 && bytes.length != codec.fixedSize()) {
        throw new IllegalArgumentException("it must have " + codec.fixedSize() + " bytes");
      }
      return bytes;
    } catch (IllegalArgumentException e) {
      throw new CliException(
          ExitCode.INPUT,
          "the "
              + what
              + " does not fit the store's codec "
              + codec.id()
              + ": "
              + shorten(String.valueOf(e.getMessage()))
              + ", "
              + what
              + "="
              + shorten(text),
          e);
    }
  }

  /** The encoded bytes of a file's content: taken as they are where the codec is bytes or text. */
  byte[] parseContent(String what, byte[] content) {
    if (codec.id().equals("bytes")) {
      return content;
    }
    try {
      return parse(what, decodeStrictly(content));
    } catch (CharacterCodingException e) {
      throw new CliException(
          ExitCode.INPUT,
          "the "
              + what
              + " is not valid UTF-8, as the store's codec "
              + codec.id()
              + " needs; a new store takes any bytes with --value-codec bytes",
          e);
    }
  }

  /** The text of encoded bytes. */
  String format(byte[] bytes) {
    return printer.apply(bytes);
  }

  /** Writes encoded bytes as a JSON field: numbers as numbers, all else as text. */
  void writeJson(JsonGenerator json, String field, byte[] bytes) throws IOException {
    json.writeFieldName(field);
    if (number) {
      json.writeNumber(format(bytes));
    } else {
      json.writeString(format(bytes));
    }
  }

  private static String shorten(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "...";
  }
}
