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

  private static final class TsvWriter extends RecordWriter {
    private final Writer out;
    private final OpenStore store;

    TsvWriter(Writer out, OpenStore store) {
      this.out = out;
      this.store = store;
    }

    @Override
    void write(byte[] key, byte[] value) throws IOException {
      out.write(Tsv.escape(store.keys.format(key)));
      out.write('\t');
      out.write(Tsv.escape(store.values.format(value)));
      out.write('\n');
    }

    @Override
    void writeKey(byte[] key) throws IOException {
      out.write(Tsv.escape(store.keys.format(key)));
      out.write('\n');
    }
  }

  private static final class CsvWriter extends RecordWriter {
    private final CSVPrinter out;
    private final OpenStore store;

    CsvWriter(Writer out, OpenStore store) throws IOException {
      this.out = new CSVPrinter(out, CSV);
      this.store = store;
    }

    @Override
    void write(byte[] key, byte[] value) throws IOException {
      out.printRecord(store.keys.format(key), store.values.format(value));
    }

    @Override
    void writeKey(byte[] key) throws IOException {
      out.printRecord(store.keys.format(key));
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
