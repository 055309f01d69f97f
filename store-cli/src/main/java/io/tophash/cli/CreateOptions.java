package io.tophash.cli;

import io.tophash.core.StoreInfo;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How a store is made if it is not there yet. */
final class CreateOptions {
  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description =
          "Kind of a new store: hash (one process at a time, the default) or sync (many processes"
              + " and threads). An existing store must be of it.")
  private StoreInfo.Kind kind;

  @Option(
      names = "--key-codec",
      paramLabel = "CODEC",
      description =
          "Codec of the keys: ${COMPLETION-CANDIDATES}. A new store's default is utf8; an existing"
              + " store must have it.")
  private CodecName keyCodec;

  @Option(
      names = "--value-codec",
      paramLabel = "CODEC",
      description =
          "Codec of the values, likewise. With bytes, a text that begins with hex: stands for the"
              + " bytes of the hexadecimal digits that follow.")
  private CodecName valueCodec;

  @Option(
      names = "--max-bytes",
      paramLabel = "N",
      description = "The file must not grow over this many bytes.")
  private Long maxBytes;

  @Mixin private DurabilityOptions durability = new DurabilityOptions();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /** See {@link OpenStore#toPut}. */
  OpenStore.Plan plan(Path path, Duration wait) {
    if (maxBytes != null && maxBytes <= 0) {
      throw new ParameterException(spec.commandLine(), "--max-bytes must be positive");
    }
    OpenStore.Plan plan = OpenStore.toPut(path, wait, kind, keyCodec, valueCodec);
    return plan.durability(durability.durability(plan.kind()));
  }

  long maxBytes() {
    return maxBytes == null ? Long.MAX_VALUE : maxBytes;
  }
}
