package io.tophash.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may vouch for the run of the machine on which he is. */
@Tag("fault")
class MachineRunTest {
  @TempDir Path dir;

  private static String device(Path file) throws IOException {
    long number = ((Number) Files.getAttribute(file, "unix:dev")).longValue();
    return (number >>> 8 & 0xFFF) + ":" + (number & 0xFF | number >>> 12 & 0xFFFF_FF00L);
  }

  private static String line(Path file, String type) throws IOException {
    return "30 1 " + device(file) + " / /any/where rw,relatime shared:1 - " + type + " source rw\n";
  }

  @Test
  void onlyTheKernelsOwnIdAndALocalFileSystemCount() throws IOException {
    Path bootId = Path.of("/proc/self/stat"); // of another file system than the files
    Path file = Files.createFile(dir.resolve("a.tph"));
    String own = line(bootId, "proc");
    assertTrue(MachineRun.vouches(own + line(file, "ext4"), bootId, file));
    assertTrue(MachineRun.vouches(line(file, "xfs") + own, bootId, file, dir.resolve("new")));
    assertFalse(MachineRun.vouches(line(bootId, "tmpfs") + line(file, "ext4"), bootId, file));
    assertFalse(MachineRun.vouches(line(bootId, "ext4") + line(file, "ext4"), bootId, file));
    for (String shared : new String[] {"nfs4", "virtiofs", "9p", "overlay", "fuse.sshfs", "cifs"}) {
      assertFalse(MachineRun.vouches(own + line(file, shared), bootId, file), shared);
    }
    assertFalse(MachineRun.vouches(own, bootId, file), "nobody says what it is");
    assertFalse(MachineRun.vouches(own + line(file, "ext4") + "30 1", bootId, file, bootId));
    assertFalse(MachineRun.vouches("", bootId, file));
  }

  @Test
  void onlyTwoWhoVouchCanDiffer() {
    assertTrue(MachineRun.differ(1, 3));
    assertFalse(MachineRun.differ(3, 3));
    assertFalse(MachineRun.differ(0, 3));
    assertFalse(MachineRun.differ(3, 0));
    assertFalse(MachineRun.differ(0, 0));
  }

  @Test
  void itIsTheSameForAllFilesOfARun() throws IOException {
    Path file = Files.createFile(dir.resolve("a.tph"));
    assertEquals(MachineRun.of(file), MachineRun.of(file, dir.resolve("new")));
  }
}
