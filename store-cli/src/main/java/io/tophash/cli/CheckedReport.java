package io.tophash.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a demo measured and checked: as a table for people, as JSON for programs. */
abstract class CheckedReport {
  /** A check with its outcome. */
  record Check(String name, boolean ok, String detail) {}

  /** Lines for people. */
  static final class Text {
    private final StringBuilder text = new StringBuilder();

    void line(String format, Object... values) {
      text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
  }

  final List<Check> checks = new ArrayList<>();
  String store;
  boolean kept;

  /** How long it took. */
  double seconds;

  final void check(String name, boolean ok, String detail) {
    checks.add(new Check(name, ok, detail));
  }

  final boolean isOk() {
    return checks.stream().allMatch(Check::ok);
  }

  final String toText() {
    Text out = new Text();
    describe(out);
    out.line("");
    out.line("%s in %.1f s", isOk() ? "All checks passed" : "CHECKS FAILED", seconds);
    return out.text.toString();
  }

  final void writeJson(JsonGenerator out) throws IOException {
    out.writeBooleanField("ok", isOk());
    out.writeStringField("runtime", Runtime.version().toString());
    out.writeStringField("store", store);
    out.writeBooleanField("kept", kept);
    writeFields(out);
    out.writeArrayFieldStart("checks");
    for (Check check : checks) {
      out.writeStartObject();
      out.writeStringField("name", check.name());
      out.writeBooleanField("ok", check.ok());
      out.writeStringField("detail", check.detail());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeNumberField("seconds", seconds);
  }

  /** All but the verdict, with {@link #place} and {@link #outcomes} somewhere. */
  abstract void describe(Text out);

  /** What this demo has found out besides. */
  abstract void writeFields(JsonGenerator out) throws IOException;

  /** Where the store is. */
  final String place() {
    return store + (kept ? "" : " (deleted at the end)");
  }

  final void outcomes(Text out) {
    for (Check check : checks) {
      out.line("  %-4s  %s: %s", check.ok() ? "ok" : "FAIL", check.name(), check.detail());
    }
  }
}
