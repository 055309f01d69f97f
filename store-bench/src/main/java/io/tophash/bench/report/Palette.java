package io.tophash.bench.report;

import io.tophash.bench.store.StoreKind;
import java.awt.Color;
import java.util.List;

/** The colours of the stores, the same in all charts: Tophash green and blue, the others not. */
final class Palette {
  private static final List<Color> COLOURS =
      List.of(
          new Color(0x1b7837), // HashStore
          new Color(0x5aae61),
          new Color(0x2166ac), // SyncStore
          new Color(0x67a9cf),
          new Color(0x444444), // ConcurrentHashMap
          new Color(0xb2182b), // Chronicle Map
          new Color(0xe08214), // LMDB
          new Color(0x762a83), // RocksDB
          new Color(0xbf812d), // MapDB
          new Color(0xd6604d), // MVStore
          new Color(0xc51b7d), // Ehcache
          new Color(0xa6761d), // Caffeine
          new Color(0x878787),
          new Color(0xaaaaaa),
          new Color(0x666666),
          new Color(0xcccccc));

  private Palette() {}

  /** The colour of the store with this title. */
  static Color of(Comparable<?> title) {
    for (StoreKind kind : StoreKind.values()) {
      if (kind.title().equals(title)) {
        return COLOURS.get(kind.ordinal() % COLOURS.size());
      }
    }
    return Color.BLACK;
  }
}
