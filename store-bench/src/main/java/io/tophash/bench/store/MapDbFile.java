package io.tophash.bench.store;

import java.nio.file.Path;
import org.mapdb.DB;
import org.mapdb.DBMaker;
import org.mapdb.HTreeMap;
import org.mapdb.Serializer;

/**
 * MapDB's HTreeMap in a mapped file, tuned as its manual advises: no transactions, the file grows
 * in large steps and is not cleared beforehand, values inside of the leaves, and a hash tree that
 * is wide enough for the entries.
 */
final class MapDbFile<K, V> {
  private static final long INCREMENT_BYTES = 16 << 20;
  private static final int SEGMENTS = 8;
  private static final int LEVELS = 4;
  private static final int MIN_NODE = 16;

  final HTreeMap<K, V> map;
  private final DB db;

  MapDbFile(Path directory, Serializer<K> keys, Serializer<V> values, long entries, boolean small) {
    db =
        DBMaker.fileDB(directory.resolve("map.db").toFile())
            .fileMmapEnable()
            .fileMmapPreclearDisable()
            .allocateStartSize(INCREMENT_BYTES)
            .allocateIncrement(INCREMENT_BYTES)
            .make();
    DB.HashMapMaker<K, V> maker =
        db.hashMap("entries")
            .keySerializer(keys)
            .valueSerializer(values)
            .layout(SEGMENTS, nodeSize(entries), LEVELS);
    map = (small ? maker.valueInline() : maker).createOrOpen();
  }

  /** The smallest width of a node with which the tree has a leaf for each entry. */
  private static int nodeSize(long entries) {
    int size = MIN_NODE;
    while (SEGMENTS * Math.pow(size, LEVELS) < entries) {
      size *= 2;
    }
    return size;
  }

  void close() {
    db.close();
  }
}
