/** A cache in a file, for all processes of a machine: {@code TophashCache}. */
module io.tophash.cache {
  // Transitive, as its codecs and errors are part of the API.
  requires transitive io.tophash.core;
  requires io.tophash.sync;

  exports io.tophash.cache;
}
