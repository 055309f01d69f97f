package io.tophash.cli;

import io.tophash.core.VerifyReport;
import io.tophash.core.errors.CorruptStoreException;
import java.io.IOException;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Checks every invariant of a store. */
@Command(
    name = "verify",
    description = {
      "Walks the whole store and prints each broken invariant with its position in the file.",
      "Changes nothing. Exits with 3 if it finds something.",
      "Of a SyncStore, --deep also checks all checksums and that no block is lost; for that it must",
      "be allowed to write the store, whose writers then wait for one shard after the other."
    })
final class VerifyCommand extends OpeningCommand {
  @Option(names = "--deep", description = "Check all that can be checked.")
  private boolean deep;

  VerifyCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    long startNanos = System.nanoTime();
    VerifyReport report;
    try (OpenStore store =
        deep
            ? OpenStore.toVerify(path, patience(), console)
            : OpenStore.toRead(path, patience(), console)) {
      report = store.store.verify();
    } catch (CorruptStoreException e) {
      // So damaged that it does not open, or that the walk cannot go on.
      return giveUp(e);
    }
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    if (json) {
      printJson(report, seconds);
    } else {
      print(text(report, seconds));
    }
    return report.isClean() ? ExitCode.OK : ExitCode.DAMAGED;
  }

  private int giveUp(CorruptStoreException e) throws IOException {
    if (json) {
      printJson(
          out -> {
            out.writeStringField("store", path.toString());
            out.writeBooleanField("clean", false);
            out.writeNumberField("findingCount", 1);
            out.writeStringField("failure", e.getMessage());
          });
      return ExitCode.DAMAGED;
    }
    throw e;
  }

  private void printJson(VerifyReport report, double seconds) throws IOException {
    printJson(
        out -> {
          out.writeStringField("store", path.toString());
          out.writeBooleanField("clean", report.isClean());
          out.writeNumberField("entries", report.entries());
          out.writeNumberField("findingCount", report.findingCount());
          out.writeArrayFieldStart("findings");
          for (VerifyReport.Finding finding : report.findings()) {
            out.writeStartObject();
            out.writeStringField("section", finding.section());
            out.writeNumberField("position", finding.position());
            out.writeStringField("problem", finding.problem());
            out.writeEndObject();
          }
          out.writeEndArray();
          out.writeNumberField("seconds", seconds);
        });
  }

  private static String text(VerifyReport report, double seconds) {
    if (report.isClean()) {
      return String.format(
          Locale.ROOT, "clean: %,d entries verified in %.1f s%n", report.entries(), seconds);
    }
    StringBuilder text = new StringBuilder();
    for (VerifyReport.Finding finding : report.findings()) {
      text.append(finding).append('\n');
    }
    long more = report.findingCount() - report.findings().size();
    if (more > 0) {
      text.append(String.format(Locale.ROOT, "and %,d more%n", more));
    }
    return text.append(
            String.format(
                Locale.ROOT,
                "DAMAGED: %,d findings, %,d entries walked; `tophash recover` saves what is whole%n",
                report.findingCount(),
                report.entries()))
        .toString();
  }
}
