package io.tophash.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What the demo of the cache did and checked. */
final class CacheDemoReport extends CheckedReport {
  /** An instance of the service. */
  record Row(int number, long pid, long lookups, long loads, long nanos) {
    double perSecond() {
      return nanos == 0 ? 0 : lookups * 1e9 / nanos;
    }
  }

  final List<Row> rows = new ArrayList<>();
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

  @Override
  void describe(Text out) {
    out.line("Four JVMs on one TophashCache<Long, byte[]> before a source that takes 1 ms a page");
    out.line("");
    out.line("  runtime      Java %s", Runtime.version());
    out.line("  cache        %s", place());
    out.line("  bound        %,d bytes, of pages of %,d in all", CacheDemo.MAX_BYTES, all());
    out.line(
        "  entries      %,d at the end, %,d were evicted, %,d rejected",
        entries, evicted, rejected);
    out.line("  lookups      %,d, of which %.1f %% hits", hits + misses, 100 * hitRatio);
    out.line("");
    out.line("  %-20s %12s %12s %12s  %s", "process", "lookups", "per second", "loads", "pid");
    for (Row row : rows) {
      out.line(
          "  %-20s %,12d %,12.0f %,12d  %d",
          "instance " + row.number(), row.lookups(), row.perSecond(), row.loads(), row.pid());
    }
    out.line("  %-20s %12s %12s %12s  %d", "instance 3, killed", "", "", "", killedPid);
    out.line("");
    outcomes(out);
  }

  private static long all() {
    return CacheDemoSource.PAGES * CacheDemoSource.MEAN_BYTES;
  }

  @Override
  void writeFields(JsonGenerator out) throws IOException {
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
  }
}
