package io.tophash.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the demo of several processes did and checked. */
final class SyncDemoReport implements DemoCommand.Report {
  /** A process, or several one after the other, at one task. */
  record Row(String task, List<Long> pids, long operations, long nanos) {
    double perSecond() {
      return nanos == 0 ? 0 : operations * 1e9 / nanos;
    }
  }

  final List<Row> rows = new ArrayList<>();
  final List<DemoReport.Check> checks = new ArrayList<>();
  String store;
  boolean kept;
  String memoryMode;
  long entries;
  long valueBytes;
  long usedBytes;
  long takeovers;
  double seconds;

  void check(String name, boolean ok, String detail) {
    checks.add(new DemoReport.Check(name, ok, detail));
  }

  @Override
  public boolean isOk() {
    return checks.stream().allMatch(DemoReport.Check::ok);
  }

  @Override
  public void seconds(double value) {
    seconds = value;
  }

  @Override
  public String toText() {
    StringBuilder out = new StringBuilder();
    line(out, "Four JVMs on one SyncStore<String, byte[]>: every class file of this Java runtime");
    line(out, "");
    line(out, "  runtime      Java %s", Runtime.version());
    line(out, "  memory mode  %s", memoryMode);
    line(out, "  store        %s%s", store, kept ? "" : " (deleted at the end)");
    line(out, "  entries      %,d at the end, class files of %,.1f MB", entries, valueBytes / 1e6);
    line(out, "  file         %,.1f MB in use", usedBytes / 1e6);
    line(out, "");
    line(out, "  %-44s %12s %12s  %s", "process", "operations", "per second", "pid");
    for (Row row : rows) {
      line(
          out,
          "  %-44s %,12d %,12.0f  %s",
          row.task(),
          row.operations(),
          row.perSecond(),
          row.pids().stream().map(String::valueOf).collect(Collectors.joining(" ")));
    }
    line(out, "");
    for (DemoReport.Check check : checks) {
      line(out, "  %-4s  %s: %s", check.ok() ? "ok" : "FAIL", check.name(), check.detail());
    }
    line(out, "");
    line(out, "  locks taken over from a killed process: %,d", takeovers);
    line(out, "");
    line(out, "%s in %.1f s", isOk() ? "All checks passed" : "CHECKS FAILED", seconds);
    return out.toString();
  }

  private static void line(StringBuilder out, String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  @Override
  public void writeJson(JsonGenerator out) throws IOException {
    out.writeBooleanField("ok", isOk());
    out.writeStringField("runtime", Runtime.version().toString());
    out.writeStringField("memoryMode", memoryMode);
    out.writeStringField("store", store);
    out.writeBooleanField("kept", kept);
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
    DemoReport.writeChecks(out, checks);
    out.writeNumberField("seconds", seconds);
  }
}
