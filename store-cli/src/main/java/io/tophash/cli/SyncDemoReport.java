package io.tophash.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What the demo of several processes did and checked. */
final class SyncDemoReport extends CheckedReport {
  /** A process, or several one after the other, at one task. */
  record Row(String task, List<Long> pids, long operations, long nanos) {
    double perSecond() {
      return nanos == 0 ? 0 : operations * 1e9 / nanos;
    }
  }

  final List<Row> rows = new ArrayList<>();
  String memoryMode;
  long entries;
  long valueBytes;
  long usedBytes;
  long takeovers;

  @Override
  void describe(Text out) {
    out.line("Four JVMs on one SyncStore<String, byte[]>: every class file of this Java runtime");
    out.line("");
    out.line("  runtime      Java %s", Runtime.version());
    out.line("  memory mode  %s", memoryMode);
    out.line("  store        %s", place());
    out.line("  entries      %,d at the end, class files of %,.1f MB", entries, valueBytes / 1e6);
    out.line("  file         %,.1f MB in use", usedBytes / 1e6);
    out.line("");
    out.line("  %-44s %12s %12s  %s", "process", "operations", "per second", "pid");
    for (Row row : rows) {
      out.line(
          "  %-44s %,12d %,12.0f  %s",
          row.task(),
          row.operations(),
          row.perSecond(),
          row.pids().stream().map(String::valueOf).collect(Collectors.joining(" ")));
    }
    out.line("");
    outcomes(out);
    out.line("");
    out.line("  locks taken over from a killed process: %,d", takeovers);
  }

  @Override
  void writeFields(JsonGenerator out) throws IOException {
    out.writeStringField("memoryMode", memoryMode);
    out.writeNumberField("entries", entries);
    out.writeNumberField("valueBytes", valueBytes);
    out.writeNumberField("usedBytes", usedBytes);
    out.writeNumberField("takeovers", takeovers);
    out.writeArrayFieldStart("processes");
    for (Row row : rows) {
      out.writeStartObject();
      out.writeStringField("task", row.task());
      out.writeArrayFieldStart("pids");
      for (long pid : row.pids()) {
        out.writeNumber(pid);
      }
      out.writeEndArray();
      out.writeNumberField("operations", row.operations());
      out.writeNumberField("nanos", row.nanos());
      out.writeNumberField("perSecond", row.perSecond());
      out.writeEndObject();
    }
    out.writeEndArray();
  }
}
