package io.tophash.core.testing;

import io.tophash.core.Store;
import java.nio.file.Path;
import java.util.Map;

/** An open store of either kind, for tests that both must pass. */
public record Opened<K, V>(Store store, Map<K, V> map) implements AutoCloseable {
  /** How one is opened. */
  @FunctionalInterface
  public interface Opener<K, V> {
    /** Opens it in small windows. */
    Opened<K, V> open(Path path);
  }

  /** A store that is a map. */
  public static <K, V, S extends Map<K, V> & Store> Opened<K, V> of(S store) {
    return new Opened<>(store, store);
  }

  @Override
  public void close() {
    store.close();
  }
}
