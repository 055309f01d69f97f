package io.tophash.sync.crash;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.HashStore;
import io.tophash.core.codec.Codecs;
import io.tophash.core.crash.InMemoryDirectory;
import io.tophash.core.errors.IncompatibleStoreException;
import io.tophash.core.errors.StoreException;
import io.tophash.core.memory.Sidecar;
import io.tophash.core.testing.ChildJvm;
import io.tophash.sync.SyncCrashStores;
import io.tophash.sync.SyncStore;
import io.tophash.sync.crash.Participant.Role;
import io.tophash.sync.crash.Peer.Stage;
import io.tophash.sync.crash.Target.Kind;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may attach to what, and what readers leave behind. */
@Tag("crash")
class SyncAttachTest {
  @TempDir(factory = InMemoryDirectory.class)
  Path directory;

  private Path path;
  private Stage stage;

  @BeforeEach
  void make() {
    path = directory.resolve("a.tph");
    stage = new Stage(Kind.LONGS, path, 2);
    try (Target<?, ?> target = stage.open()) {
      target.set(0, SyncRandomKillTest.STAYS);
      for (int i = 1; i < 500; i++) {
        target.set(i, i);
      }
    }
  }

  /** Takes all slots, says so, and stays. */
  static final class SlotHolder {
    public static void main(String[] args) throws IOException {
      Sidecar sidecar = Sidecar.open(Path.of(args[0]), false);
      for (int slot = 0; slot < Sidecar.SLOTS; slot++) {
        sidecar.tryLockSlot(slot);
      }
      System.out.println("ready");
      System.in.read();
    }
  }

  @Test
  void whereTheProcessTableIsFullReadersStillGetIn() {
    try (ChildJvm holder = ChildJvm.start(SlotHolder.class, path)) {
      assertEquals("ready", holder.readLine());
      StoreException e = assertThrows(StoreException.class, stage::open);
      assertTrue(e.getMessage().contains("process table is full"), e.getMessage());
      try (Target<?, ?> reader = Target.open(Kind.LONGS, path, 2, true, Duration.ofSeconds(1))) {
        assertEquals(500, reader.entries().size());
      }
    }
    try (Target<?, ?> target = stage.open()) {
      assertEquals(499, target.get(499));
    }
  }

  @Test
  void readersThatAreKilledLeaveNoTrace() throws IOException {
    byte[] before = Files.readAllBytes(path);
    for (int i = 1; i < 4; i++) {
      try (Peer reader = Peer.start(Role.READER, stage, 0, 0, 0)) {
        assertTrue(reader.awaitLines(i), () -> reader.said().toString());
        reader.kill();
        assertEquals(List.of(), List.copyOf(reader.said()));
      }
    }
    assertArrayEquals(before, Files.readAllBytes(path));
  }

  @Test
  void anotherClassLoaderOfThisProcessIsRefused() throws Exception {
    String[] entries = ChildJvm.classPath().split(File.pathSeparator);
    URL[] urls = new URL[entries.length];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = Path.of(entries[i]).toUri().toURL();
    }
    try (Target<?, ?> target = stage.open();
        URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
      Class<?> other = loader.loadClass(SyncCrashStores.class.getName());
      InvocationTargetException e =
          assertThrows(
              InvocationTargetException.class,
              () ->
                  other
                      .getMethod("longs", Path.class, int.class, boolean.class, Duration.class)
                      .invoke(null, path, 2, false, Duration.ofSeconds(1)));
      assertEquals("StoreLockedException", e.getCause().getClass().getSimpleName());
      target.set(3, 33);
      assertEquals(33, target.get(3));
    }
  }

  @Test
  void aStoreOfTheOtherKindIsRefused() {
    StoreException e =
        assertThrows(
            IncompatibleStoreException.class,
            () -> HashStore.builder(Codecs.int64(), Codecs.int64()).open(path));
    assertTrue(e.getMessage().contains("another kind of store"), e.getMessage());
    Path other = directory.resolve("hash.tph");
    HashStore.builder(Codecs.int64(), Codecs.int64()).open(other).close();
    e =
        assertThrows(
            IncompatibleStoreException.class,
            () -> SyncStore.builder(Codecs.int64(), Codecs.int64()).open(other));
    assertTrue(e.getMessage().contains("HashStore"), e.getMessage());
    HashStore.builder(Codecs.int64(), Codecs.int64()).open(other).close();
  }

  @Test
  void anotherGeometryOrCodecIsRefused() {
    assertThrows(IncompatibleStoreException.class, () -> new Stage(Kind.LONGS, path, 4).open());
    assertThrows(IncompatibleStoreException.class, () -> new Stage(Kind.RECORDS, path, 2).open());
    try (Target<?, ?> target = stage.open()) {
      // Beside an open one, too.
      assertThrows(IncompatibleStoreException.class, () -> new Stage(Kind.LONGS, path, 4).open());
      assertEquals(7, target.get(7));
    }
  }

  @Test
  void aMissingLockFileIsMadeAnewAndAnImpossibleOneIsNamed() throws IOException {
    Path lock = directory.resolve("a.tph.lock");
    Files.delete(lock);
    try (Target<?, ?> target = stage.open()) {
      assertEquals(7, target.get(7));
    }
    Files.delete(lock);
    Files.createDirectory(lock);
    StoreException e = assertThrows(StoreException.class, stage::open);
    assertTrue(e.getMessage().contains("lockFile=" + lock), e.getMessage());
    Files.delete(lock);
    stage.open().close();
  }
}
