package io.tophash.core.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreLockedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores as containers see them: one file under two names, and a file system that is read-only. */
@Tag("fault")
public abstract class MountCases {
  @TempDir protected Path dir;

  /** Opens a store that has an entry 1 → 1 or is new; then it gets this entry. */
  protected abstract AutoCloseable open(Path path, boolean readOnly);

  /** A main class that opens {@code args[0]} for writing, says "open", and waits. */
  protected abstract Class<?> child();

  private static Path bind(Mounts mounts, Path store, Path directory) throws IOException {
    Files.createDirectory(directory);
    mounts.mount(directory, "-t", "tmpfs", "tmpfs");
    Path name = Files.createFile(directory.resolve("a.tph"));
    mounts.mount(name, "--bind", store.toString());
    return name;
  }

  @Test
  void oneFileUnderTwoNamesIsOneStore() throws Exception {
    Path store = dir.resolve("a.tph");
    open(store, false).close();
    try (Mounts mounts = new Mounts()) {
      Path one = bind(mounts, store, dir.resolve("one"));
      Path other = bind(mounts, store, dir.resolve("other"));
      try (ChildJvm writer = ChildJvm.start(child(), one)) {
        assertEquals("open", writer.readLine());
        assertThrows(StoreLockedException.class, () -> open(other, false).close());
        assertEquals(inode(one), inode(other), "the lock files are not the case that is meant");
        assertThrows(StoreLockedException.class, () -> open(other, true).close());
        writer.kill();
      }
      open(other, false).close();
    }
  }

  private static Object inode(Path store) throws IOException {
    return Files.getAttribute(store.resolveSibling("a.tph.lock"), "unix:ino");
  }

  @Test
  void aReadOnlyFileSystemNeedsNoLockFile() throws Exception {
    try (Mounts mounts = new Mounts()) {
      Path mounted = Files.createDirectory(dir.resolve("mounted"));
      mounts.mount(mounted, "-t", "tmpfs", "tmpfs");
      Path store = mounted.resolve("a.tph");
      try (ChildJvm maker = ChildJvm.start(child(), store)) { // whose mapping goes with it
        assertEquals("open", maker.readLine());
      }
      Files.delete(mounted.resolve("a.tph.lock"));
      mounts.makeReadOnly(mounted);
      open(store, true).close();
      assertFalse(Files.exists(mounted.resolve("a.tph.lock")));
      StoreException e = assertThrows(StoreException.class, () -> open(store, false).close());
      assertTrue(e.getMessage().contains("read-only"), e.getMessage());
    }
  }
}
