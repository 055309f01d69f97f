package io.tophash.bench.report;

/** The titles that figures of several shapes have. */
final class Titles {
  static final String GROWTH = "growing at 250,000 requests/s: ";
  static final String GET_INTO = "get, value copied to where the last one was";
  static final String PUT = "put to a key that is there";
  static final String ITERATE = "iterate, per entry";
  static final String FILL = "fill from empty, per entry";
  static final String SPACE = "file, or memory of a store without one, by bytes of keys and values";

  private Titles() {}
}
