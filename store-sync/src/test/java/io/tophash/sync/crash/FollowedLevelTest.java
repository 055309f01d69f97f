package io.tophash.sync.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tophash.core.crash.InMemoryDirectory;
import io.tophash.core.errors.MissedChangesException;
import io.tophash.sync.ChangePosition;
import io.tophash.sync.Changes;
import io.tophash.sync.Durability;
import io.tophash.sync.LongSyncStore;
import io.tophash.sync.SyncStore;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A follower of a store that is cut off while its level is POWER_LOSS, so that nothing is logged:
 * he is told that he has missed changes, and goes on with what comes.
 */
@Tag("crash")
class FollowedLevelTest {
  private static final Durability POWER_LOSS =
      Durability.POWER_LOSS.maxLoss(Duration.ofSeconds(60));

  @TempDir(factory = InMemoryDirectory.class)
  Path directory;

  private static LongSyncStore open(Path path) {
    return SyncStore.longs().windowBytes(1 << 20).open(path);
  }

  @Test
  void whatWasNotLoggedBeforeAPowerCutIsMissed() {
    Path path = directory.resolve("a.tph");
    try (LongSyncStore store = open(path)) {
      store.durability(Durability.EACH_CHANGE);
      store.put(1, 1);
      ChangePosition position = store.asMap().changePosition();
      store.durability(POWER_LOSS);
      isMissedBehindACut(path, position, 1);
      store.put(2, 2);
      isMissedBehindACut(path, position, 1);
      store.force();
      isMissedBehindACut(path, position, 2);
      store.durability(Durability.EACH_CHANGE);
      store.put(3, 3);
      isMissedBehindACut(path, position, 3);
      ChangePosition later = store.asMap().changePosition();
      store.put(4, 4);
      Path cut = PoweredOff.copy(path, directory.resolve("cut.tph"));
      try (LongSyncStore then = open(cut);
          Changes<Long, Long> changes = then.asMap().changes(later)) {
        assertEquals(4, changes.poll().value());
        assertNull(changes.poll());
        assertEquals(4, then.sizeLong());
      }
      PoweredOff.delete(cut);
    }
  }

  private void isMissedBehindACut(Path path, ChangePosition position, int entries) {
    Path cut = PoweredOff.copy(path, directory.resolve("cut.tph"));
    try (LongSyncStore then = open(cut)) {
      assertEquals(entries, then.sizeLong());
      then.durability(Durability.EACH_CHANGE);
      try (Changes<Long, Long> changes = then.asMap().changes(position)) {
        assertThrows(MissedChangesException.class, changes::poll);
        ChangePosition next = then.asMap().changePosition();
        then.put(9, 9);
        assertThrows(MissedChangesException.class, changes::poll);
        try (Changes<Long, Long> others = then.asMap().changes(next)) {
          assertEquals(9, others.poll().value());
        }
      }
    }
    PoweredOff.delete(cut);
  }
}
