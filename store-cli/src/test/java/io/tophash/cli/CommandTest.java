package io.tophash.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** Runs the command within this JVM, with captured streams. */
abstract class CommandTest {
  @TempDir Path dir;

  /** What a command left. */
  record Result(int code, byte[] bytes, String err) {
    String out() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Standard output as lines. */
    List<String> lines() {
      return out().lines().toList();
    }

    /** Asserts success without a word on standard error. */
    Result ok() {
      assertEquals("", err);
      assertEquals(0, code);
      return this;
    }

    /** Asserts a failure with one line on standard error that says this, and no output. */
    Result fails(int expected, String... says) {
      assertEquals(expected, code, err);
      assertEquals("", out());
      assertEquals(1, err.lines().count(), err);
      for (String text : says) {
        assertTrue(err.contains(text), () -> "no '" + text + "' in: " + err);
      }
      return this;
    }

    Map<String, Object> json() {
      List<Map<String, Object>> objects = jsonLines();
      assertEquals(1, objects.size(), out());
      return objects.get(0);
    }

    List<Map<String, Object>> jsonLines() {
      return out().lines().map(CommandTest::parseJson).toList();
    }
  }

  Path path(String name) {
    return dir.resolve(name);
  }

  Path file(String name, String content) {
    try {
      return Files.writeString(path(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts the command as a process of its own, whose standard error is {@code stderr} here. */
  final Process start(Object... args) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-Xmx256m", "-cp", System.getProperty("java.class.path")));
    line.add(Tophash.class.getName());
    for (Object arg : args) {
      line.add(arg.toString());
    }
    return new ProcessBuilder(line).redirectError(path("stderr").toFile()).start();
  }

  static Result run(Object... args) {
    return runWith(new byte[0], args);
  }

  static Result runWith(byte[] input, Object... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console = new Console(new ByteArrayInputStream(input), out, err, false, false);
    String[] texts = new String[args.length];
    for (int i = 0; i < args.length; i++) {
      texts[i] = args[i].toString();
    }
    int code = Tophash.run(console, texts);
    return new Result(code, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
  }

  /** One JSON object with scalars, lists and objects. */
  static Map<String, Object> parseJson(String text) {
    try (JsonParser parser = new JsonFactory().createParser(text)) {
      assertEquals(JsonToken.START_OBJECT, parser.nextToken(), text);
      Map<String, Object> object = object(parser);
      assertEquals(null, parser.nextToken(), text);
      return object;
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  private static Map<String, Object> object(JsonParser parser) throws IOException {
    Map<String, Object> object = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      object.put(name, value(parser));
    }
    return object;
  }

  private static Object value(JsonParser parser) throws IOException {
    switch (parser.currentToken()) {
      case START_OBJECT:
        return object(parser);
      case START_ARRAY:
        List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser));
        }
        return list;
      case VALUE_STRING:
        return parser.getText();
      case VALUE_NUMBER_INT:
        return parser.getLongValue();
      case VALUE_NUMBER_FLOAT:
        return parser.getDoubleValue();
      default:
        return parser.getBooleanValue();
    }
  }
}
