package io.tophash.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tophash.core.testing.MountCases;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** A {@code HashStore} under several names, and on a read-only file system. */
@Tag("fault")
class MountTest extends MountCases {
  static AutoCloseable openStore(Path path, boolean readOnly) {
    LongHashStore store = HashStore.longs().windowBytes(1 << 20).readOnly(readOnly).open(path);
    if (!readOnly) {
      store.put(1, 1);
    }
    assertEquals(1, store.get(1));
    return store;
  }

  /** The child. */
  static final class Child {
    public static void main(String[] args) throws Exception {
      AutoCloseable store = openStore(Path.of(args[0]), false);
      System.out.println("open");
      System.in.read();
      store.close();
    }
  }

  @Override
  protected AutoCloseable open(Path path, boolean readOnly) {
    return openStore(path, readOnly);
  }

  @Override
  protected Class<?> child() {
    return Child.class;
  }
}
