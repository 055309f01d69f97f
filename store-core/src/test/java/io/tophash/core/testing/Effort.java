package io.tophash.core.testing;

/** How much a test does: a build has to be quick, a run of all tests thorough. */
public final class Effort {
  /** True in the long form of the tests: {@code -Plong}, or {@code -Dtophash.long=true}. */
  public static final boolean LONG = Boolean.getBoolean("tophash.long");

  /** True in a run of all tests: {@code -Pfull}, {@code -Plong}, or tests that are named. */
  public static final boolean FULL = LONG || Boolean.getBoolean("tophash.full");

  private Effort() {}

  /**
   * One of three numbers.
   *
   * @param quick for {@code mvn verify}
   * @param full for {@code -Pfull}
   * @param longForm for {@code -Plong}
   */
  public static int of(int quick, int full, int longForm) {
    return LONG ? longForm : FULL ? full : quick;
  }
}
