package io.tophash.core;

import io.tophash.core.testing.OpenAndCloseCases;
import io.tophash.core.testing.Opened;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** Opening and closing a {@code HashStore}. */
@Tag("fault")
@Tag("full")
class OpenAndCloseTest extends OpenAndCloseCases {
  private static Opened<Long, Long> open(Path path) {
    LongHashStore store = HashStore.longs().windowBytes(1 << 20).open(path);
    return new Opened<>(store, store.asMap());
  }

  static final class Hooked {
    public static void main(String[] args) throws InterruptedException {
      closeInAHook(Path.of(args[0]), OpenAndCloseTest::open, true);
    }
  }

  static final class ManyStores {
    public static void main(String[] args) {
      openWithoutDescriptors(Path.of(args[0]), OpenAndCloseTest::open);
    }
  }

  @Override
  protected Opened.Opener<Long, Long> opener() {
    return OpenAndCloseTest::open;
  }

  @Override
  protected Path forgetTemporary() {
    return HashStore.longs().windowBytes(1 << 20).openTemporary().path();
  }

  @Override
  protected Class<?> hooked() {
    return Hooked.class;
  }

  @Override
  protected Class<?> manyStores() {
    return ManyStores.class;
  }
}
