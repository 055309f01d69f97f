/** A cache in a file, for all processes of a machine: {@code TophashCache}. */
module io.tophash.cache {
  // Transitive, as codecs, errors and the figures of a store are part of the API.
  requires transitive io.tophash.core;
  requires transitive io.tophash.sync;

  exports io.tophash.cache;
}
