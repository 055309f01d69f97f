package io.tophash.cli;

import picocli.CommandLine.Option;

/** How a store is made if it is not there yet. */
final class CreateOptions {
  @Option(
      names = "--key-codec",
      paramLabel = "CODEC",
      description =
          "Codec of the keys: ${COMPLETION-CANDIDATES}. A new store's default is utf8; an existing"
              + " store must have it.")
  CodecName keyCodec;

  @Option(
      names = "--value-codec",
      paramLabel = "CODEC",
      description =
          "Codec of the values, likewise. With bytes, a text that begins with hex: stands for the"
              + " bytes of the hexadecimal digits that follow.")
  CodecName valueCodec;

  @Option(
      names = "--max-bytes",
      paramLabel = "N",
      description = "The file must not grow over this many bytes.")
  Long maxBytes;

  OpenStore open(java.nio.file.Path path, long expectedEntries) {
    return OpenStore.toPut(
        path, keyCodec, valueCodec, expectedEntries, maxBytes == null ? Long.MAX_VALUE : maxBytes);
  }
}
