package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.memory.Sidecar;
import io.tophash.core.testing.ChildJvm;
import io.tophash.core.testing.HostileJvmCases;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** A {@code SyncStore} in a JVM whose other code drops its locks. */
@Tag("fault")
class HostileJvmTest extends HostileJvmCases {
  static AutoCloseable openStore(Path path, boolean readOnly) {
    LongSyncStore store = SyncStore.longs().windowBytes(1 << 20).readOnly(readOnly).open(path);
    if (!readOnly) {
      store.put(1, 1);
    }
    return store;
  }

  /** The child. */
  public static final class Child {
    public static void main(String[] args) throws Exception {
      serve(args, Child.class, HostileJvmTest::openStore);
    }

    /** For another class loader. */
    public static void openOnce(Path path) throws Exception {
      openStore(path, false).close();
    }
  }

  @Override
  protected Class<?> child() {
    return Child.class;
  }

  @Override
  protected void assertGuarded(ChildJvm writer) throws Exception {
    try (LongSyncStore store = SyncStore.longs().open(path)) {
      assertEquals(2, store.stats().attached().size());
      assertEquals(writer.pid(), store.stats().attached().get(0).pid());
      for (int i = 0; i < 10_000; i++) {
        store.put(i, i);
      }
      tell(writer, "close");
      assertEquals(1, store.stats().attached().size());
      assertTrue(store.verify().isClean());
    }
  }

  @Override
  protected void assertReaderGuarded() {
    Sidecar sidecar = Sidecar.open(path, false);
    assertFalse(sidecar.tryLockReadersAlone(), "the file could be cut below the reader");
    sidecar.release();
  }
}
