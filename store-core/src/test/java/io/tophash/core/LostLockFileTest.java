package io.tophash.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tophash.core.memory.StoreFile;
import io.tophash.core.testing.LostLockFileCases;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** A {@code HashStore} whose lock file is removed or replaced. */
@Tag("fault")
class LostLockFileTest extends LostLockFileCases {
  static AutoCloseable openStore(Path path, boolean readOnly) {
    LongHashStore store = HashStore.longs().windowBytes(1 << 20).readOnly(readOnly).open(path);
    if (!readOnly) {
      store.put(1, 1);
    }
    assertEquals(1, store.get(1));
    return store;
  }

  static final class Child {
    public static void main(String[] args) throws Exception {
      if (args.length > 1) {
        StoreFile.open(Path.of(args[0]), false, 1 << 20);
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
}
