package io.tophash.core;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.testing.ChildJvm;
import io.tophash.core.testing.HostileJvmCases;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** A {@code HashStore} in a JVM whose other code drops its locks. */
@Tag("fault")
class HostileJvmTest extends HostileJvmCases {
  static AutoCloseable openStore(Path path, boolean readOnly) {
    LongHashStore store = HashStore.longs().windowBytes(1 << 20).readOnly(readOnly).open(path);
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
    for (boolean readOnly : new boolean[] {false, true}) {
      String refusal = refusal(HostileJvmTest::openStore, path, readOnly);
      assertTrue(refusal.startsWith("StoreLockedException: another process"), refusal);
      assertTrue(refusal.contains("pid=" + writer.pid() + " "), refusal);
    }
    tell(writer, "close");
    openStore(path, false).close();
  }

  @Override
  protected void assertReaderGuarded() throws Exception {
    openStore(path, true).close();
    String refusal = refusal(HostileJvmTest::openStore, path, false);
    assertTrue(refusal.startsWith("StoreLockedException"), refusal);
  }
}
