package io.tophash.core;

/**
 * Hears how far the verification is that an open makes after the machine stopped while the store
 * was not written back. Called on the opening thread.
 */
@FunctionalInterface
public interface VerifyProgress {
  /** Hears nothing. */
  VerifyProgress NONE = (done, total) -> {};

  /**
   * So much is verified.
   *
   * @param done parts that are verified, from 0 on
   * @param total all parts; they take about the same time each
   */
  void verified(long done, long total);
}
