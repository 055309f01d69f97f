/** The place of the concurrent, multi-process store. It has no API yet. */
module io.tophash.sync {
  requires io.tophash.core;
}
