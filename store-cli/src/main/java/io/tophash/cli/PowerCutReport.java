package io.tophash.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What the demo of power cuts did and checked. */
final class PowerCutReport extends CheckedReport {
  final List<Long> forceNanos = new ArrayList<>();
  final List<Long> openNanos = new ArrayList<>();
  String memoryMode;
  long entries;
  long writes;
  long pages;

  private static double medianMs(List<Long> nanos) {
    List<Long> sorted = nanos.stream().sorted().toList();
    return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2) / 1e6;
  }

  @Override
  void describe(Text out) {
    out.line("Power cuts of a SyncStore<String, byte[]>: after each, any page of the file may be");
    out.line("as it was when force() returned, or as it was at any moment since");
    out.line("");
    out.line("  runtime      Java %s", Runtime.version());
    out.line("  memory mode  %s", memoryMode);
    out.line("  store        %s", place());
    out.line("  entries      %,d at the end, %,d writes", entries, writes);
    out.line("  not written  %,d pages in %,d power cuts", pages, openNanos.size());
    out.line("  force        %.1f ms (median)", medianMs(forceNanos));
    out.line("  opening      %.1f ms after a power cut (median)", medianMs(openNanos));
    out.line("");
    outcomes(out);
  }

  @Override
  void writeFields(JsonGenerator out) throws IOException {
    out.writeStringField("memoryMode", memoryMode);
    out.writeNumberField("entries", entries);
    out.writeNumberField("writes", writes);
    out.writeNumberField("powerCuts", openNanos.size());
    out.writeNumberField("pagesNotWritten", pages);
    out.writeNumberField("medianForceMs", medianMs(forceNanos));
    out.writeNumberField("medianOpenMs", medianMs(openNanos));
  }
}
