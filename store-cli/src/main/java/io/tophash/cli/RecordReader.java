package io.tophash.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Reads pairs of texts from a file, one after the other. */
abstract class RecordReader {
  /** The current pair. */
  String key;

  String value;

  /**
   * Reads the next pair.
   *
   * @return false at the end
   * @throws BadRecordException if it is malformed
   */
  abstract boolean next() throws IOException, BadRecordException;

  /** Number of the line on which the current record begins or, if it is bad, was given up. */
  abstract long line();

  /** A reader of tab-separated lines. */
  static RecordReader tsv(InputStream in) {
    return new TsvReader(in);
  }

  /**
   * A reader of comma-separated values.
   *
   * @param skipHeader true to leave the first record out
   */
  static RecordReader csv(InputStream in, boolean skipHeader) throws IOException {
    return new CsvReader(in, skipHeader);
  }

  /**
   * A reader of JSON objects on lines of their own.
   *
   * @param keyField name of the field that holds the key
   * @param valueField name of the field that holds the value
   */
  static RecordReader jsonLines(InputStream in, String keyField, String valueField) {
    return new JsonLinesReader(in, keyField, valueField);
  }

  /** What the formats of one record a line share: lines, counted; empty ones are left out. */
  private abstract static class OfLines extends RecordReader {
    private final LineReader lines;

    OfLines(InputStream in) {
      lines = new LineReader(in);
    }

    @Override
    boolean next() throws IOException, BadRecordException {
      while (lines.next()) {
        String line;
        if (lines.isTooLong()) {
          throw new BadRecordException("it is longer than any line can be", true);
        }
        try {
          line = lines.text();
        } catch (CharacterCodingException e) {
          throw new BadRecordException("it is not valid UTF-8", true);
        }
        if (!line.isEmpty()) {
          parse(line);
          return true;
        }
      }
      return false;
    }

    @Override
    long line() {
      return lines.number();
    }

    abstract void parse(String line) throws IOException, BadRecordException;
  }

  private static final class TsvReader extends OfLines {
    TsvReader(InputStream in) {
      super(in);
    }

    @Override
    void parse(String line) throws BadRecordException {
      int tab = line.indexOf('\t');
      if (tab < 0 || line.indexOf('\t', tab + 1) >= 0) {
        long columns = line.chars().filter(c -> c == '\t').count() + 1;
        throw new BadRecordException("expected a key, one tab, a value; columns=" + columns, true);
      }
      try {
        key = Tsv.unescape(line.substring(0, tab));
        value = Tsv.unescape(line.substring(tab + 1));
      } catch (IllegalArgumentException e) {
        throw new BadRecordException(e.getMessage(), true);
      }
    }
  }

  private static final class JsonLinesReader extends OfLines {
    private final String keyField;
    private final String valueField;

    JsonLinesReader(InputStream in, String keyField, String valueField) {
      super(in);
      this.keyField = keyField;
      this.valueField = valueField;
    }

    @Override
    void parse(String line) throws IOException, BadRecordException {
      if (line.isBlank()) {
        throw new BadRecordException("it is blank", true);
      }
      key = null;
      value = null;
      try (JsonParser parser = Json.FACTORY.createParser(line)) {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
          throw new BadRecordException("expected a JSON object", true);
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String field = parser.currentName();
          JsonToken token = parser.nextToken();
          if (field.equals(keyField)) {
            if (!token.isScalarValue() || token == JsonToken.VALUE_NULL) {
              throw new BadRecordException(
                  "the key must be a text or a number, field=" + keyField, true);
            }
            key = parser.getText();
          }
          if (field.equals(valueField)) {
            value = textOf(parser, line);
          } else {
            parser.skipChildren();
          }
        }
        if (parser.nextToken() != null) {
          throw new BadRecordException("there is more behind the JSON object", true);
        }
      } catch (JsonProcessingException e) {
        throw new BadRecordException(problem(e), true);
      }
      if (key == null || value == null) {
        throw new BadRecordException(
            "there is no field " + (key == null ? keyField : valueField), true);
      }
    }

    /** What is wrong, in other words than the library's, which speak of its own settings. */
    private static String problem(JsonProcessingException e) {
      String column = e.getLocation() == null ? "" : ", column=" + e.getLocation().getColumnNr();
      if (e instanceof JsonEOFException) {
        return "not valid JSON: it ends too early" + column;
      }
      String said = String.valueOf(e.getOriginalMessage());
      return said.startsWith("Duplicate")
          ? "not valid JSON: an object has a field twice" + column
          : "not valid JSON" + column;
    }

    /** A string's content; the very text of anything else. */
    private static String textOf(JsonParser parser, String line) throws IOException {
      if (parser.currentToken().isScalarValue()) {
        return parser.getText();
      }
      int from = (int) parser.currentTokenLocation().getCharOffset();
      parser.skipChildren();
      return line.substring(from, (int) parser.currentLocation().getCharOffset());
    }
  }

  private static final class CsvReader extends RecordReader {
    private final CSVParser parser;
    private final Iterator<CSVRecord> records;
    private boolean skipHeader;
    private long line = 1;

    CsvReader(InputStream in, boolean skipHeader) throws IOException {
      this.skipHeader = skipHeader;
      // A decoder that reports malformed bytes instead of replacing them.
      parser =
          CSVParser.parse(
              new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()), RecordWriter.CSV);
      records = parser.iterator();
    }

    @Override
    boolean next() throws IOException, BadRecordException {
      try {
        if (skipHeader) {
          skipHeader = false;
          nextFilled();
        }
        CSVRecord entry = nextFilled();
        if (entry == null) {
          return false;
        }
        if (entry.size() != 2) {
          throw new BadRecordException("expected a key and a value; columns=" + entry.size(), true);
        }
        key = entry.get(0);
        value = entry.get(1);
        return true;
      } catch (UncheckedIOException e) {
        throw unreadable(e.getCause());
      }
    }

    /** The next record that is no empty line; null at the end. */
    private CSVRecord nextFilled() {
      while (true) {
        line = parser.getCurrentLineNumber() + 1;
        if (!records.hasNext()) {
          return null;
        }
        CSVRecord entry = records.next();
        if (entry.size() != 1 || !entry.get(0).isEmpty()) {
          return entry;
        }
      }
    }

    /** What is wrong with the text; a file that cannot be read is another matter. */
    private static BadRecordException unreadable(IOException e) throws IOException {
      if (e instanceof CharacterCodingException) {
        return new BadRecordException("this line or one soon after it is not valid UTF-8", false);
      }
      if (e instanceof CSVException) {
        return new BadRecordException(
            "not valid CSV: a quoted column that does not end, or more behind its last quote",
            false);
      }
      throw e;
    }

    @Override
    long line() {
      return line;
    }
  }
}
