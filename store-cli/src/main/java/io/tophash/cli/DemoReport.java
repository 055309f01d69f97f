package io.tophash.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the demo measured and checked: as a table for people, as JSON for programs. */
final class DemoReport implements DemoCommand.Report {
  /** A step with its time. */
  record Step(String name, long operations, long nanos) {
    double nanosPerOperation() {
      return operations == 0 ? 0 : (double) nanos / operations;
    }
  }

  /** A check with its outcome. */
  record Check(String name, boolean ok, String detail) {}

  /** A line of the second table. */
  record LongsRow(String map, double nanosPerGet, double bytesPerEntry, String place) {}

  final List<Step> steps = new ArrayList<>();
  final List<Check> checks = new ArrayList<>();
  final List<LongsRow> longs = new ArrayList<>();
  String store;
  boolean kept;
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
  double seconds;

  void step(String name, long operations, long nanos) {
    steps.add(new Step(name, operations, nanos));
  }

  void check(String name, boolean ok, String detail) {
    checks.add(new Check(name, ok, detail));
  }

  @Override
  public boolean isOk() {
    return checks.stream().allMatch(Check::ok);
  }

  @Override
  public void seconds(double value) {
    seconds = value;
  }

  @Override
  public String toText() {
    Text out = new Text();
    out.line("Every class file of this Java runtime in one HashStore<String, byte[]>");
    out.line("");
    out.line("  runtime      Java %s, at most %s of heap", Runtime.version(), maxHeap());
    out.line("  memory mode  %s", memoryMode);
    out.line("  store        %s%s", store, kept ? "" : " (deleted at the end)");
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
    for (Check check : checks) {
      out.line("  %-4s  %s: %s", check.ok() ? "ok" : "FAIL", check.name(), check.detail());
    }
    longsTable(out);
    out.line("");
    out.line("%s in %.1f s", isOk() ? "All checks passed" : "CHECKS FAILED", seconds);
    return out.text.toString();
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
  public void writeJson(JsonGenerator out) throws IOException {
    out.writeBooleanField("ok", isOk());
    out.writeStringField("runtime", Runtime.version().toString());
    out.writeNumberField("maxHeapBytes", Runtime.getRuntime().maxMemory());
    out.writeStringField("memoryMode", memoryMode);
    out.writeStringField("store", store);
    out.writeBooleanField("kept", kept);
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
    writeChecks(out, checks);
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
    out.writeNumberField("seconds", seconds);
  }

  static void writeChecks(JsonGenerator out, List<Check> checks) throws IOException {
    out.writeArrayFieldStart("checks");
    for (Check check : checks) {
      out.writeStartObject();
      out.writeStringField("name", check.name());
      out.writeBooleanField("ok", check.ok());
      out.writeStringField("detail", check.detail());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static final class Text {
    private final StringBuilder text = new StringBuilder();

    void line(String format, Object... values) {
      text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
  }
}
