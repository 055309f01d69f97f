package io.tophash.core.fault;

/** What became of a damaged store, from good to bad. */
enum Outcome {
  /** Everything is there and right. */
  HARMLESS("all right"),
  /** It did not open. */
  REFUSED("refused to open"),
  /** What could be read was right; some calls said that the store is damaged. */
  REPORTED("reported when read"),
  /** Entries are missing, or are what they once were, and {@code verify()} says that all is bad. */
  FOUND("found by verify()"),
  /** The same, and verify() finds no fault: the old copy of a page may be a legal store. */
  UNNOTICED("unnoticed: old or missing"),
  /** A value without checksum is wrong. */
  WRONG_CELL("wrong inline cell"),
  /** Anything that is forbidden. */
  FINDING("FORBIDDEN");

  final String text;

  Outcome(String text) {
    this.text = text;
  }
}
