package io.tophash.core;

import java.util.List;

/**
 * What {@code verify()} found.
 *
 * @param entries number of entries that were walked
 * @param findingCount number of broken invariants
 * @param findings the first of them, at most {@value #MAX_FINDINGS}
 */
public record VerifyReport(long entries, long findingCount, List<Finding> findings) {
  /** How many findings are kept with their text. */
  public static final int MAX_FINDINGS = 1000;

  /**
   * One broken invariant.
   *
   * @param section the part of the format, e.g. {@code "bucket"}
   * @param position where it is, in bytes from the start of the file
   * @param problem what is wrong
   */
  public record Finding(String section, long position, String problem) {
    @Override
    public String toString() {
      return section + " at " + position + ": " + problem;
    }
  }

  /** True if every invariant holds. */
  public boolean isClean() {
    return findingCount == 0;
  }
}
