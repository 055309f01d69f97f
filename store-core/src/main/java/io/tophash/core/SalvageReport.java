package io.tophash.core;

import java.nio.file.Path;
import java.util.Map;

/**
 * What a salvage did.
 *
 * @param target the new store
 * @param kept entries in the new store
 * @param unlinked how many of them nothing in the damaged store referred to: they were in it when
 *     it was damaged, or before, and may have been changed or deleted since
 * @param dropped what was left out, counted by reason
 * @param unchecked how many of the kept entries nothing could be compared with, so that they may be
 *     damaged without anybody noticing, counted by what there is no checksum of. A value of a fixed
 *     size up to 8 bytes stands in its cell and has none: so all entries of a store of longs are
 *     among them
 */
public record SalvageReport(
    Path target, long kept, long unlinked, Map<String, Long> dropped, Map<String, Long> unchecked) {
  /** Number of things that were left out. */
  public long droppedCount() {
    return dropped.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Number of kept entries that could not be checked. */
  public long uncheckedCount() {
    return unchecked.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * True if the damaged store could be read as if it were none, and all that was kept is known to
   * be as it was stored. Never of a store with entries that cannot be checked.
   */
  public boolean isComplete() {
    return unlinked == 0 && dropped.isEmpty() && unchecked.isEmpty();
  }
}
