package io.tophash.cli;

import io.tophash.cache.TophashCacheBuilder;
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
          "Kind of a new store: hash (one process at a time, the default), sync (many processes and"
              + " threads), or cache (as sync, with bounds and times to live). An existing store must"
              + " be of it.")
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
      description =
          "The file must not grow over this many bytes; of a new cache, its bound, at which entries"
              + " go that were not read for long.")
  private Long maxBytes;

  @Option(
      names = "--max-entries",
      paramLabel = "N",
      description = "Bound of a new cache: it never has more entries.")
  private Long maxEntries;

  @Mixin private DurabilityOptions durability = new DurabilityOptions();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /** See {@link OpenStore#toPut}. */
  OpenStore.Plan plan(Path path, Duration wait) {
    return plan(path, wait, StoreInfo.Kind.HASH);
  }

  /**
   * The same.
   *
   * @param usual kind of a store that is made, unless another is asked for
   */
  OpenStore.Plan plan(Path path, Duration wait, StoreInfo.Kind usual) {
    if (maxBytes != null && maxBytes <= 0) {
      throw new ParameterException(spec.commandLine(), "--max-bytes must be positive");
    }
    OpenStore.Plan plan = OpenStore.toPut(path, wait, kind, usual, keyCodec, valueCodec);
    checkCacheOptions(plan);
    return plan.durability(durability.durability(plan.kind()));
  }

  private void checkCacheOptions(OpenStore.Plan plan) {
    boolean isCache = plan.kind() == StoreInfo.Kind.CACHE;
    if (maxEntries != null && (!isCache || maxEntries <= 0)) {
      throw new ParameterException(
          spec.commandLine(), "--max-entries needs a cache, --kind cache, and must be positive");
    }
    if (isCache && maxBytes != null && maxBytes < TophashCacheBuilder.MIN_BYTES) {
      throw new ParameterException(
          spec.commandLine(),
          "--max-bytes of a cache must be at least " + TophashCacheBuilder.MIN_BYTES);
    }
  }

  long maxEntries() {
    return maxEntries == null ? Long.MAX_VALUE : maxEntries;
  }

  long maxBytes() {
    return maxBytes == null ? Long.MAX_VALUE : maxBytes;
  }
}
