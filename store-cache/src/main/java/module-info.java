/** A cache in a file, for all processes of a machine: {@code TophashCache}. */
module io.tophash.cache {
  // Transitive, as codecs, errors and the figures of a store are part of the API.
  requires transitive io.tophash.core;
  requires transitive io.tophash.sync;
  requires java.management;
  requires jdk.jfr; // in a runtime image, that is; on the class path it may be missing

  exports io.tophash.cache;
}
