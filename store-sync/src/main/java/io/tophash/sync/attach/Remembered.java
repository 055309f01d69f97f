package io.tophash.sync.attach;

import io.tophash.core.hash.KeyHash;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The paths that were met once, by their hashes: 8 to 16 bytes for each, kept as long as the JVM
 * lives. Two paths of one hash are taken for the same. Thread-safe.
 */
final class Remembered {
  private static final int FIRST_CAPACITY = 64;
  private static final KeyHash HASH = new KeyHash(0);

  private long[] hashes = new long[FIRST_CAPACITY]; // at most half full; 0: free
  private int count;

  /** True if the path was not met before. */
  synchronized boolean add(Path path) {
    long hash = hash(path);
    int at = find(hashes, hash);
    if (hashes[at] == hash) {
      return false;
    }
    hashes[at] = hash;
    if (2 * ++count > hashes.length) {
      long[] larger = new long[2 * hashes.length];
      for (long each : hashes) {
        if (each != 0) {
          larger[find(larger, each)] = each;
        }
      }
      hashes = larger;
    }
    return true;
  }

  synchronized int capacity() {
    return hashes.length;
  }

  private static int find(long[] table, long hash) {
    int at = (int) hash & table.length - 1;
    while (table[at] != 0 && table[at] != hash) {
      at = at + 1 & table.length - 1;
    }
    return at;
  }

  private static long hash(Path path) {
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    long hash = HASH.ofBytes(name, 0, name.length);
    return hash == 0 ? 1 : hash;
  }
}
