package io.tophash.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the demo of the cache did and checked. */
final class CacheDemoReport implements DemoCommand.Report {
  /** An instance of the service. */
  record Row(int number, long pid, long lookups, long loads, long nanos) {
    double perSecond() {
      return nanos == 0 ? 0 : lookups * 1e9 / nanos;
    }
  }

  final List<Row> rows = new ArrayList<>();
  final List<DemoReport.Check> checks = new ArrayList<>();
  String store;
  boolean kept;
  int rushPages;
  int rushLoads;
  long mostBytes;
  long looks;
  double takeOverMs;
  long killedPid;
  long hits;
  long misses;
  double hitRatio;
  long evicted;
  long rejected;
  long entries;
  double warmMs;
  long hot;
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
    line(out, "Four JVMs on one TophashCache<Long, byte[]> before a source that takes 1 ms a page");
    line(out, "");
    line(out, "  runtime      Java %s", Runtime.version());
    line(out, "  cache        %s%s", store, kept ? "" : " (deleted at the end)");
    line(out, "  bound        %,d bytes, of pages of %,d in all", CacheDemo.MAX_BYTES, all());
    line(
        out,
        "  entries      %,d at the end, %,d were evicted, %,d rejected",
        entries,
        evicted,
        rejected);
    line(out, "  lookups      %,d, of which %.1f %% hits", hits + misses, 100 * hitRatio);
    line(out, "");
    line(out, "  %-20s %12s %12s %12s  %s", "process", "lookups", "per second", "loads", "pid");
    for (Row row : rows) {
      line(
          out,
          "  %-20s %,12d %,12.0f %,12d  %d",
          "instance " + row.number(),
          row.lookups(),
          row.perSecond(),
          row.loads(),
          row.pid());
    }
    line(out, "  %-20s %12s %12s %12s  %d", "instance 3, killed", "", "", "", killedPid);
    line(out, "");
    for (DemoReport.Check check : checks) {
      line(out, "  %-4s  %s: %s", check.ok() ? "ok" : "FAIL", check.name(), check.detail());
    }
    line(out, "");
    line(out, "%s in %.1f s", isOk() ? "All checks passed" : "CHECKS FAILED", seconds);
    return out.toString();
  }

  private static long all() {
    return CacheDemoSource.PAGES * CacheDemoSource.MEAN_BYTES;
  }

  private static void line(StringBuilder out, String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  @Override
  public void writeJson(JsonGenerator out) throws IOException {
    out.writeBooleanField("ok", isOk());
    out.writeStringField("runtime", Runtime.version().toString());
    out.writeStringField("store", store);
    out.writeBooleanField("kept", kept);
    out.writeNumberField("maxBytes", CacheDemo.MAX_BYTES);
    out.writeNumberField("mostBytes", mostBytes);
    out.writeNumberField("rushPages", rushPages);
    out.writeNumberField("rushLoads", rushLoads);
    out.writeNumberField("hits", hits);
    out.writeNumberField("misses", misses);
    out.writeNumberField("hitRatio", hitRatio);
    out.writeNumberField("evicted", evicted);
    out.writeNumberField("rejected", rejected);
    out.writeNumberField("entries", entries);
    out.writeNumberField("takeOverMs", takeOverMs);
    out.writeNumberField("warmMs", warmMs);
    out.writeNumberField("hot", hot);
    out.writeArrayFieldStart("processes");
    for (Row row : rows) {
      out.writeStartObject();
      out.writeNumberField("pid", row.pid());
      out.writeNumberField("lookups", row.lookups());
      out.writeNumberField("loads", row.loads());
      out.writeNumberField("nanos", row.nanos());
      out.writeNumberField("perSecond", row.perSecond());
      out.writeEndObject();
    }
    out.writeEndArray();
    DemoReport.writeChecks(out, checks);
    out.writeNumberField("seconds", seconds);
  }
}
