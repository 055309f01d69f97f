package io.tophash.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the demo of power cuts did and checked. */
final class PowerCutReport implements DemoCommand.Report {
  final List<DemoReport.Check> checks = new ArrayList<>();
  final List<Long> forceNanos = new ArrayList<>();
  final List<Long> openNanos = new ArrayList<>();
  String store;
  boolean kept;
  String memoryMode;
  long entries;
  long writes;
  long pages;
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

  private static double medianMs(List<Long> nanos) {
    List<Long> sorted = nanos.stream().sorted().toList();
    return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2) / 1e6;
  }

  @Override
  public String toText() {
    StringBuilder out = new StringBuilder();
    line(out, "Power cuts of a SyncStore<String, byte[]>: after each, any page of the file may be");
    line(out, "as it was when force() returned, or as it was at any moment since");
    line(out, "");
    line(out, "  runtime      Java %s", Runtime.version());
    line(out, "  memory mode  %s", memoryMode);
    line(out, "  store        %s%s", store, kept ? "" : " (deleted at the end)");
    line(out, "  entries      %,d at the end, %,d writes", entries, writes);
    line(out, "  not written  %,d pages in %,d power cuts", pages, openNanos.size());
    line(out, "  force        %.1f ms (median)", medianMs(forceNanos));
    line(out, "  opening      %.1f ms after a power cut (median)", medianMs(openNanos));
    line(out, "");
    for (DemoReport.Check check : checks) {
      line(out, "  %-4s  %s: %s", check.ok() ? "ok" : "FAIL", check.name(), check.detail());
    }
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
    out.writeNumberField("writes", writes);
    out.writeNumberField("powerCuts", openNanos.size());
    out.writeNumberField("pagesNotWritten", pages);
    out.writeNumberField("medianForceMs", medianMs(forceNanos));
    out.writeNumberField("medianOpenMs", medianMs(openNanos));
    DemoReport.writeChecks(out, checks);
    out.writeNumberField("seconds", seconds);
  }
}
