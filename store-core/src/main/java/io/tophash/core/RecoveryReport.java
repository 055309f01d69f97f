package io.tophash.core;

import java.nio.file.Path;
import java.util.Map;

/**
 * What a recovery did.
 *
 * @param target the new store
 * @param kept entries in the new store
 * @param unlinked how many of them nothing in the damaged store referred to: they were in it when
 *     it was damaged, or before, and may have been changed or deleted since
 * @param dropped what was left out, counted by reason
 */
public record RecoveryReport(Path target, long kept, long unlinked, Map<String, Long> dropped) {
  /** Number of things that were left out. */
  public long droppedCount() {
    return dropped.values().stream().mapToLong(Long::longValue).sum();
  }

  /** True if the damaged store could be read as if it were none. */
  public boolean isComplete() {
    return unlinked == 0 && dropped.isEmpty();
  }
}
