package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tophash.core.memory.StoreFile;
import io.tophash.core.testing.ChildJvm;
import io.tophash.core.testing.LostLockFileCases;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A {@code SyncStore} whose lock file is removed or replaced. */
@Tag("fault")
class LostLockFileTest extends LostLockFileCases {
  static AutoCloseable openStore(Path path, boolean readOnly) {
    LongSyncStore store = SyncStore.longs().windowBytes(1 << 20).readOnly(readOnly).open(path);
    if (!readOnly) {
      store.put(1, 1);
    }
    assertEquals(1, store.get(1));
    return store;
  }

  static final class Child {
    public static void main(String[] args) throws Exception {
      if (args.length > 1) {
        Path path = StoreFile.realPath(Path.of(args[0]), false);
        StoreFile.createShared(path, Long.MAX_VALUE).map(20);
        System.out.println("making");
        System.in.read();
        return;
      }
      serve(args, LostLockFileTest::openStore);
    }
  }

  @Override
  protected Opener opener() {
    return LostLockFileTest::openStore;
  }

  @Override
  protected Class<?> child() {
    return Child.class;
  }

  @Test
  void allWhoGoByTheRemovedOneMustEndFirst() throws Exception {
    try (ChildJvm first = start("write a");
        ChildJvm second = start("read a", "write b", "close a")) {
      Files.delete(lock);
      first.kill();
      assertRefused(false);
      tell(second, "close b");
      assertOpens();
    }
  }

  @Test
  void theLockFileCanBePutBack() throws Exception {
    Path kept = dir.resolve("kept");
    try (ChildJvm writer = start("write a")) {
      Files.move(lock, kept);
      assertRefused(false);
      Files.move(kept, lock, StandardCopyOption.REPLACE_EXISTING);
      assertOpens();
      tell(writer, "close a");
    }
  }

  /** The writer's lock file is the one of the last writer; the reader's is another one. */
  @Test
  void aReaderByAnotherLockFileKeepsTheWriterOut() throws Exception {
    Path kept = dir.resolve("kept");
    Files.move(lock, kept);
    try (ChildJvm reader = start("read a")) {
      Files.move(kept, lock, StandardCopyOption.REPLACE_EXISTING);
      assertRefused(false);
      tell(reader, "close a");
      assertOpens();
    }
  }
}
