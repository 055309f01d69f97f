package io.tophash.core.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.StoreMap;
import io.tophash.core.crash.InMemoryDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How often a damaged file of a store that was closed lacks entries without a word. The random
 * damages are the same in each run but for the random numbers in the file, so the limits are far
 * from what is measured.
 */
public abstract class SilentDamageCases {
  private static final int KEYS = 3_000;

  @TempDir(factory = InMemoryDirectory.class)
  Path directory;

  /** Opens, or makes, a store of longs that compares all sums. */
  protected abstract StoreMap<Long, Long> longs(Path path, boolean readOnly);

  /** Opens, or makes, a store of text. */
  protected abstract StoreMap<String, String> texts(Path path, boolean readOnly);

  private record Open<K, V>(StoreMap<K, V> store, IntFunction<K> key)
      implements SilentDamage.Opened {
    @Override
    public boolean has(int i) {
      return store.get(key.apply(i)) != null;
    }

    @Override
    public long size() {
      return store.sizeLong();
    }

    @Override
    public long walk() {
      long count = 0;
      for (K unused : store.keySet()) {
        count++;
      }
      return count;
    }

    @Override
    public boolean isClean() {
      return store.verify().isClean();
    }

    @Override
    public void close() {
      store.close();
    }
  }

  @Test
  void keysInTheirCellsAreNotLostInSilence() throws IOException {
    Path path = directory.resolve("longs.tph");
    try (StoreMap<Long, Long> store = longs(path, false)) {
      for (long key = 0; key < KEYS; key++) {
        store.put(key * 31, -key);
      }
    }
    check("longs", path, (at, readOnly) -> new Open<>(longs(at, readOnly), key -> key * 31L));
  }

  @Test
  void keysInRecordsAreNotLostInSilence() throws IOException {
    Path path = directory.resolve("texts.tph");
    try (StoreMap<String, String> store = texts(path, false)) {
      for (int key = 0; key < KEYS; key++) {
        store.put("the key " + key, "x".repeat(key % 100) + key);
      }
    }
    check(
        "texts", path, (at, readOnly) -> new Open<>(texts(at, readOnly), key -> "the key " + key));
  }

  private void check(String name, Path path, SilentDamage.Subject subject) throws IOException {
    SilentDamage damage = new SilentDamage(subject, path, KEYS);
    int count = Effort.of(200, 500, 20_000);
    damage.run(17, count);
    System.out.println(getClass().getSimpleName() + ", " + name + ": " + damage);
    int silent = damage.absent() + damage.wrongSize();
    assertTrue(silent <= Math.max(3, count / 1000), damage::toString);
    assertTrue(damage.unfound() <= Math.max(2, count / 4000), damage::toString);
  }
}
