package io.tophash.cli;

/** A record of an input file that cannot be loaded. */
final class BadRecordException extends Exception {
  private static final long serialVersionUID = 1L;

  /** True if the records behind it can still be read. */
  final boolean canSkip;

  BadRecordException(String problem, boolean canSkip) {
    super(problem);
    this.canSkip = canSkip;
  }
}
