package io.tophash.core.fault;

import io.tophash.core.Store;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A kind of store with a certain content. Each value says whose it is: no two keys ever have the
 * same one.
 */
public interface Subject<K, V> {
  /** Values that a key has one after the other. */
  int VERSIONS = 3;

  /** Name, unique among the subjects of a run. */
  String name();

  /** Number of keys. */
  int keys();

  /** The key of a number. */
  K key(int i);

  /** One of the values of a key. */
  V value(int i, int version);

  /** Decodes a value. */
  V decode(ByteBuffer encoded);

  /** False if no checksum covers keys and values: then a wrong one cannot be known as such. */
  boolean isChecked();

  /** Opens the store, or makes it. */
  Opened<K, V> open(Path path, boolean readOnly);

  /** Where the parts of a file are. */
  List<Region> regions(byte[] image);

  /** Points at which a store is cut off, besides that it is closed. */
  List<String> crashPoints();

  /** A store as the harness uses it. */
  interface Opened<K, V> extends AutoCloseable {
    Map<K, V> map();

    Store store();

    /** Looks many keys up at once. */
    Map<K, V> getAll(List<K> keys);

    /** Copies an encoded value. */
    int getInto(K key, ByteBuffer target);

    @Override
    void close();
  }
}
