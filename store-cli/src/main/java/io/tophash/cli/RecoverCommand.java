package io.tophash.cli;

import io.tophash.core.HashStoreSalvage;
import io.tophash.core.SalvageReport;
import io.tophash.core.StoreInfo;
import io.tophash.core.StoreInfo.Kind;
import io.tophash.core.codec.Codec;
import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.IncompatibleStoreException;
import io.tophash.sync.SyncStoreSalvage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Reads what is whole from a damaged store into a new one. */
@Command(
    name = "recover",
    description = {
      "Reads what is whole from a damaged store into a new one. The damaged file is not changed.",
      "If its header cannot be read, say what it was: --kind, --key-codec, --value-codec."
    })
final class RecoverCommand extends StoreCommand {
  @Option(names = "--to", paramLabel = "NEW", required = true, description = "The new store.")
  private Path target;

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "Kind of a store whose header cannot be read: ${COMPLETION-CANDIDATES}.")
  private Kind kind;

  @Option(
      names = "--key-codec",
      paramLabel = "CODEC",
      description = "Codec of its keys: ${COMPLETION-CANDIDATES}.")
  private CodecName keyCodec;

  @Option(
      names = "--value-codec",
      paramLabel = "CODEC",
      description = "Codec of its values, likewise.")
  private CodecName valueCodec;

  RecoverCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    long startNanos = System.nanoTime();
    Codec<?> keys = keyCodec == null ? null : keyCodec.form().codec();
    Codec<?> values = valueCodec == null ? null : valueCodec.form().codec();
    SalvageReport report =
        kind() != Kind.HASH
            ? SyncStoreSalvage.run(path, target, keys, values)
            : HashStoreSalvage.run(path, target, keys, values);
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    if (json) {
      printJson(report, seconds);
    } else {
      print(text(report, seconds));
    }
    return ExitCode.OK;
  }

  private Kind kind() {
    try {
      return StoreInfo.read(path).kind();
    } catch (CorruptStoreException | IncompatibleStoreException e) {
      if (kind == null || keyCodec == null || valueCodec == null) {
        throw new CliException(
            ExitCode.DAMAGED,
            "the header cannot be read; say what the store was with --kind, --key-codec and"
                + " --value-codec: "
                + e.getMessage());
      }
      return kind;
    }
  }

  private void printJson(SalvageReport report, double seconds) throws IOException {
    printJson(
        out -> {
          out.writeStringField("target", report.target().toString());
          out.writeNumberField("kept", report.kept());
          out.writeNumberField("unlinked", report.unlinked());
          for (Map.Entry<String, Map<String, Long>> counts :
              List.of(
                  Map.entry("dropped", report.dropped()),
                  Map.entry("unchecked", report.unchecked()))) {
            out.writeObjectFieldStart(counts.getKey());
            for (Map.Entry<String, Long> reason : counts.getValue().entrySet()) {
              out.writeNumberField(reason.getKey(), reason.getValue());
            }
            out.writeEndObject();
          }
          out.writeBooleanField("complete", report.isComplete());
          out.writeNumberField("seconds", seconds);
        });
  }

  private String text(SalvageReport report, double seconds) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT, "%,d entries kept in %s, in %.1f s%n", report.kept(), target, seconds));
    if (report.unlinked() > 0) {
      text.append(
          String.format(
              Locale.ROOT,
              "of these %,d that nothing referred to: they may be older than the damage%n",
              report.unlinked()));
    }
    report
        .unchecked()
        .forEach(
            (reason, count) ->
                text.append(
                    String.format(
                        Locale.ROOT,
                        "kept but not checked %,d: %s; it may be damaged unnoticed%n",
                        count,
                        reason)));
    report
        .dropped()
        .forEach(
            (reason, count) ->
                text.append(String.format(Locale.ROOT, "dropped %,d: %s%n", count, reason)));
    return text.toString();
  }
}
