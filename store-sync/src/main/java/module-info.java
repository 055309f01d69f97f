/** The concurrent, multi-process store {@code SyncStore}. */
module io.tophash.sync {
  requires transitive io.tophash.core;
  requires com.dynatrace.hash4j;
}
