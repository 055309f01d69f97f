package io.tophash.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** Writes entries as text that {@link RecordReader} reads back exactly. */
abstract class RecordWriter {
  /** RFC 4180 with line feeds; the same for reading. */
  static final CSVFormat CSV = CSVFormat.RFC4180.builder().setRecordSeparator('\n').get();

  /** A writer for the entries of a store. */
  static RecordWriter of(TransferFormat format, Writer out, OpenStore store) throws IOException {
    switch (format) {
      case TSV:
        return new TsvWriter(out, store);
      case CSV:
        return new CsvWriter(out, store);
      default:
        return new JsonLinesWriter(out, store);
    }
  }

  abstract void write(byte[] key, byte[] value) throws IOException;

  abstract void writeKey(byte[] key) throws IOException;

  /** Passes all on to the writer below, which stays open. */
  void finish() throws IOException {}

  /** Who reads the text leaves one mark out, so the first key may not begin with the only one. */
  private static void markIfNeeded(String firstKey, Writer out) throws IOException {
    if (!firstKey.isEmpty() && firstKey.charAt(0) == ByteOrderMark.MARK) {
      out.write(ByteOrderMark.MARK);
    }
  }

  private static final class TsvWriter extends RecordWriter {
    private final Writer out;
    private final OpenStore store;
    private boolean begun;

    TsvWriter(Writer out, OpenStore store) {
      this.out = out;
      this.store = store;
    }

    @Override
    void write(byte[] key, byte[] value) throws IOException {
      writeText(key);
      out.write('\t');
      out.write(Tsv.escape(store.values.format(value)));
      out.write('\n');
    }

    @Override
    void writeKey(byte[] key) throws IOException {
      writeText(key);
      out.write('\n');
    }

    private void writeText(byte[] key) throws IOException {
      String text = store.keys.format(key);
      if (!begun) {
        markIfNeeded(text, out);
        begun = true;
      }
      out.write(Tsv.escape(text));
    }
  }

  private static final class CsvWriter extends RecordWriter {
    private final Writer plain;
    private final CSVPrinter out;
    private final OpenStore store;
    private boolean begun;

    CsvWriter(Writer out, OpenStore store) throws IOException {
      this.plain = out;
      this.out = new CSVPrinter(out, CSV);
      this.store = store;
    }

    @Override
    void write(byte[] key, byte[] value) throws IOException {
      out.printRecord(text(key), store.values.format(value));
    }

    @Override
    void writeKey(byte[] key) throws IOException {
      out.printRecord(text(key));
    }

    private String text(byte[] key) throws IOException {
      String text = store.keys.format(key);
      if (!begun) {
        markIfNeeded(text, plain);
        begun = true;
      }
      return text;
    }
  }

  private static final class JsonLinesWriter extends RecordWriter {
    private final JsonGenerator out;
    private final OpenStore store;

    JsonLinesWriter(Writer out, OpenStore store) throws IOException {
      this.out = Json.lines(out);
      this.store = store;
    }

    @Override
    void write(byte[] key, byte[] value) throws IOException {
      out.writeStartObject();
      store.keys.writeJson(out, "key", key);
      store.values.writeJson(out, "value", value);
      end();
    }

    @Override
    void writeKey(byte[] key) throws IOException {
      out.writeStartObject();
      store.keys.writeJson(out, "key", key);
      end();
    }

    private void end() throws IOException {
      out.writeEndObject();
      out.writeRaw('\n');
    }

    @Override
    void finish() throws IOException {
      out.flush();
    }
  }
}
