package io.tophash.sync.log;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * The runs of a log in their order, as the headers of its files tell it: each run names the one
 * that it goes on with. It is followed from the present run back, so what an older state of the
 * store has left beside it is no part of it.
 *
 * <p>Immutable.
 */
final class RunChain {
  /**
   * What comes behind a run.
   *
   * @param end number of the first batch that is not of it any more
   * @param next the run that follows
   */
  record Link(long end, long next) {}

  private final Map<Long, Link> links = new HashMap<>();

  private RunChain() {}

  /** The chain that ends with a run. */
  static RunChain of(Map<Integer, LogFileHeader> headers, long last) {
    RunChain chain = new RunChain();
    long run = last;
    // No run comes twice, whatever the files say.
    while (run != 0 && chain.links.size() < headers.size()) {
      LogFileHeader first = firstOf(headers.values(), run);
      if (first == null || chain.links.containsKey(first.previous())) {
        break;
      }
      chain.links.put(first.previous(), new Link(first.firstSeq(), run));
      run = continues(run) ? first.previous() : 0;
    }
    return chain;
  }

  /** True if no change is missing between a run and the one before it. */
  static boolean continues(long run) {
    return (run & 1) != 0;
  }

  private static LogFileHeader firstOf(Collection<LogFileHeader> headers, long run) {
    for (LogFileHeader header : headers) {
      if (header.isWhole() && header.run() == run && header.previous() != 0) {
        return header;
      }
    }
    return null;
  }

  /** What comes behind a run; null if that is not known. */
  Link behind(long run) {
    return links.get(run);
  }
}
