package io.tophash.sync.entry;

/**
 * What a value of a cache begins with, behind the long in front of its record: for who wants only
 * what comes behind that.
 */
@FunctionalInterface
public interface ValueHead {
  /**
   * How many bytes behind the long are passed over.
   *
   * @param expires the long
   * @return negative if the long alone does not decide it
   */
  int bytes(long expires);
}
