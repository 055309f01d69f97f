package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tophash.core.format.HeaderLayout;
import io.tophash.core.memory.BootId;
import io.tophash.core.memory.MachineRun;
import io.tophash.core.testing.ChildJvm;
import io.tophash.core.testing.FileWords;
import io.tophash.sync.format.ProcessLayout;
import io.tophash.sync.format.RegionLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A living process under another boot id, as in a container that was given its own: another file is
 * mounted over the kernel's. It is no process of a run of the machine that has ended, and what it
 * has stored is not taken back to a checkpoint.
 */
@Tag("fault")
class OtherBootTest {
  private static final UUID OTHER = new UUID(0x1234_0000_4000L, 0x8000_0000_0000_0077L);

  @TempDir Path dir;

  /** Opens the store, adds to it, says what it found, and waits. */
  static final class Other {
    public static void main(String[] args) throws IOException {
      Path path = Path.of(args[0]);
      System.out.println(BootId.current() + " " + MachineRun.of(path));
      try (LongSyncStore store = SyncStore.longs().windowBytes(1 << 20).open(path)) {
        System.out.println(store.sizeLong());
        store.put(2, 2);
        System.out.println("stored");
        System.in.read();
      }
    }
  }

  private ChildJvm startUnderAnotherId(Path path) throws IOException {
    Path id = Files.writeString(dir.resolve("boot_id"), OTHER + "\n");
    String enter =
        "exec unshare -m sh -c 'mount --bind "
            + id
            + " /proc/sys/kernel/random/boot_id && exec \"$@\"' sh \"$@\"";
    ChildJvm child = ChildJvm.start(enter, List.of(), Other.class, path);
    String said = child.readLine();
    assumeTrue(
        said != null && said.startsWith(OTHER.toString()), "nothing can be mounted here: " + said);
    assertEquals(OTHER + " 0", said, "it vouches for an id that is not the kernel's");
    return child;
  }

  private LongSyncStore open(Path path) {
    return SyncStore.longs().windowBytes(1 << 20).open(path);
  }

  @Test
  void aLivingProcessOfAnotherBootIdIsJoined() throws IOException {
    Path path = dir.resolve("a.tph");
    try (ChildJvm other = startUnderAnotherId(path)) {
      assertEquals("0", other.readLine());
      assertEquals("stored", other.readLine());
      long boot = FileWords.get(path, HeaderLayout.BOOT_ID);
      assertEquals(OTHER.getMostSignificantBits(), boot);
      assertNotEquals(BootId.current().getMostSignificantBits(), boot);
      assertEquals(0, FileWords.get(path, RegionLayout.process(0) + ProcessLayout.RUN));
      try (LongSyncStore store = open(path)) {
        assertEquals(2, store.get(2), "taken back to the checkpoint, beside a living process");
        assertEquals(2, store.stats().attached().size());
      }
    }
  }

  @Test
  void anOpenerOfAnotherBootIdJoinsWhoLives() throws IOException {
    Path path = dir.resolve("a.tph");
    try (LongSyncStore store = open(path);
        ChildJvm other = startUnderAnotherId(path)) {
      store.put(1, 1);
      other.readLine();
      assertEquals("stored", other.readLine());
      assertEquals(1, store.get(1));
      assertEquals(2, store.get(2));
    }
  }
}
