package io.tophash.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the demo measured and checked: as a table for people, as JSON for programs. */
final class DemoReport extends CheckedReport {
  /** A step with its time. */
  record Step(String name, long operations, long nanos) {
    double nanosPerOperation() {
      return operations == 0 ? 0 : (double) nanos / operations;
    }
  }

  /** A line of the second table. */
  record LongsRow(String map, double nanosPerGet, double bytesPerEntry, String place) {}

  final List<Step> steps = new ArrayList<>();
  final List<LongsRow> longs = new ArrayList<>();
  String memoryMode;
  long entries;
  long valueBytes;
  long fileBytes;
  long fileBytesAtEnd;
  long storeHeapBytes;
  // Negative: not measured, for the reason given.
  long hashMapHeapBytes = -1;
  String hashMapSkipped;
  String longsSkipped;
  long longsEntries;

  void step(String name, long operations, long nanos) {
    steps.add(new Step(name, operations, nanos));
  }

  @Override
  void describe(Text out) {
    out.line("Every class file of this Java runtime in one HashStore<String, byte[]>");
    out.line("");
    out.line("  runtime      Java %s, at most %s of heap", Runtime.version(), maxHeap());
    out.line("  memory mode  %s", memoryMode);
    out.line("  store        %s", place());
    out.line(
        "  entries      %,d, values of %s in all, %,d bytes on average",
        entries, megabytes(valueBytes), entries == 0 ? 0 : valueBytes / entries);
    out.line(
        "  file         %s, %s after the deletions",
        megabytes(fileBytes), megabytes(fileBytesAtEnd));
    out.line("  heap used    %s by the store", megabytes(storeHeapBytes));
    if (hashMapHeapBytes >= 0) {
      out.line(
          "               %s by a HashMap<String, byte[]> of the same entries",
          megabytes(hashMapHeapBytes));
    } else {
      out.line("               HashMap for comparison skipped: %s", hashMapSkipped);
    }
    out.line("               (used heap with it less used heap without it; each is the least of 3");
    out.line("               readings, each after System.gc())");
    out.line("");
    out.line("  %-34s %12s %12s %12s", "step", "operations", "ns per op", "total ms");
    for (Step step : steps) {
      out.line(
          "  %-34s %,12d %,12.0f %,12.1f",
          step.name(), step.operations(), step.nanosPerOperation(), step.nanos() / 1e6);
    }
    out.line("");
    outcomes(out);
    longsTable(out);
  }

  private void longsTable(Text out) {
    if (longs.isEmpty()) {
      return;
    }
    out.line("");
    out.line(
        "%,d entries long -> long, random hits, one thread (median of 5 rounds;", longsEntries);
    out.line("an illustration only, the benchmarks are in store-bench)");
    out.line("");
    out.line("  %-34s %12s %17s", "map", "ns per get", "bytes per entry");
    for (LongsRow row : longs) {
      out.line(
          "  %-34s %12.1f %12.1f %s",
          row.map(), row.nanosPerGet(), row.bytesPerEntry(), row.place());
    }
    if (longsSkipped != null) {
      out.line("  HashMap and ConcurrentHashMap skipped: %s", longsSkipped);
    }
  }

  private static String maxHeap() {
    return megabytes(Runtime.getRuntime().maxMemory());
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%,.1f MB", bytes / 1e6);
  }

  @Override
  void writeFields(JsonGenerator out) throws IOException {
    out.writeNumberField("maxHeapBytes", Runtime.getRuntime().maxMemory());
    out.writeStringField("memoryMode", memoryMode);
    out.writeNumberField("entries", entries);
    out.writeNumberField("valueBytes", valueBytes);
    out.writeNumberField("fileBytes", fileBytes);
    out.writeNumberField("fileBytesAtEnd", fileBytesAtEnd);
    out.writeNumberField("storeHeapBytes", storeHeapBytes);
    if (hashMapHeapBytes >= 0) {
      out.writeNumberField("hashMapHeapBytes", hashMapHeapBytes);
    } else {
      out.writeStringField("hashMapSkipped", hashMapSkipped);
    }
    out.writeArrayFieldStart("steps");
    for (Step step : steps) {
      out.writeStartObject();
      out.writeStringField("name", step.name());
      out.writeNumberField("operations", step.operations());
      out.writeNumberField("nanos", step.nanos());
      out.writeNumberField("nanosPerOperation", step.nanosPerOperation());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeNumberField("longsEntries", longsEntries);
    out.writeArrayFieldStart("longs");
    for (LongsRow row : longs) {
      out.writeStartObject();
      out.writeStringField("map", row.map());
      out.writeNumberField("nanosPerGet", row.nanosPerGet());
      out.writeNumberField("bytesPerEntry", row.bytesPerEntry());
      out.writeStringField("place", row.place());
      out.writeEndObject();
    }
    out.writeEndArray();
    if (longsSkipped != null) {
      out.writeStringField("longsSkipped", longsSkipped);
    }
  }
}
