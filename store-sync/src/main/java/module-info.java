/** The concurrent, multi-process store {@code SyncStore}. */
module io.tophash.sync {
  // Transitive, as its codecs and errors are part of the API.
  requires transitive io.tophash.core;
  requires com.dynatrace.hash4j;
  requires jdk.jfr; // in a runtime image, that is; on the class path it may be missing
  requires static org.agrona; // as in io.tophash.core

  exports io.tophash.sync;
}
