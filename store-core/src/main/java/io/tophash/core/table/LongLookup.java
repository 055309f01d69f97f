package io.tophash.core.table;

import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.Tophash;
import io.tophash.core.memory.MappedMemory;

/**
 * Lookups in a table of eight-byte inline keys and values, whose offsets are constants here: the
 * shortest path to a value. A hit reads the chunk's position from the heap, then tophash word, key
 * cell and value cell of one bucket.
 */
public final class LongLookup {
  private static final int KEYS = BucketLayout.DATA_OFFSET;
  private static final int VALUES = KEYS + 8 * BucketLayout.CELLS;

  /** Keys whose cache misses overlap in a batch. */
  private static final int BATCH = 32;

  private final Table table;
  private final MappedMemory memory;
  private final long[] hashes = new long[BATCH];
  private final long[] buckets = new long[BATCH];
  private final long[] words = new long[BATCH];

  /**
   * @param table a table whose key and value cells are eight bytes and inline
   */
  public LongLookup(Table table) {
    this.table = table;
    this.memory = table.memory;
  }

  /** The value of a key, or {@code missing}. */
  public long get(long key, long missing) {
    long keyHash = table.hash().ofLong(key);
    return getFrom(table.head(keyHash), key, keyHash, missing);
  }

  private long getFrom(long bucket, long key, long keyHash, long missing) {
    long pattern = Tophash.broadcast(Tophash.of(keyHash));
    long hops = 0;
    while (bucket != 0) {
      long word = memory.getLong(bucket, BucketLayout.TOPHASH);
      for (long hits = Tophash.match(word, pattern); hits != 0; hits &= hits - 1) {
        int cell = Tophash.firstCell(hits);
        if (memory.getLong(bucket, KEYS + 8 * cell) == key) {
          return memory.getLong(bucket, VALUES + 8 * cell);
        }
      }
      if (Tophash.endsChain(word)) {
        return absent(keyHash, missing);
      }
      bucket = table.overflow(bucket);
      if (++hops > 1000 && hops > table.maxHops()) {
        throw Table.circle(bucket);
      }
    }
    return absent(keyHash, missing);
  }

  private long absent(long keyHash, long missing) {
    if (table.proves) {
      table.absent(keyHash);
    }
    return missing;
  }

  /** The value in a found cell. */
  public long value(long found) {
    return memory.getLong(found & -8, VALUES + 8 * ((int) found & 7));
  }

  /** The key in a found cell. */
  public long key(long found) {
    return memory.getLong(found & -8, KEYS + 8 * ((int) found & 7));
  }

  /**
   * The values of many keys, in stages of {@value #BATCH}: first all tophash words are read, then
   * all cells, so that the processor waits for many cache misses at once.
   */
  public int getAll(long[] keys, long[] values, long missing) {
    int found = 0;
    for (int from = 0; from < keys.length; from += BATCH) {
      found += batch(keys, values, from, Math.min(BATCH, keys.length - from), missing);
    }
    return found;
  }

  private int batch(long[] keys, long[] values, int from, int count, long missing) {
    for (int i = 0; i < count; i++) {
      long keyHash = table.hash().ofLong(keys[from + i]);
      hashes[i] = keyHash;
      buckets[i] = table.head(keyHash);
    }
    for (int i = 0; i < count; i++) {
      words[i] = buckets[i] == 0 ? 0 : memory.getLong(buckets[i], BucketLayout.TOPHASH);
    }
    int found = 0;
    for (int i = 0; i < count; i++) {
      long key = keys[from + i];
      long hits = Tophash.match(words[i], Tophash.broadcast(Tophash.of(hashes[i])));
      // The first hit is the key but for one lookup in dozens; the value is loaded beside the key.
      int cell = Tophash.firstCell(hits) & BucketLayout.CELLS - 1;
      if (hits != 0 && memory.getLong(buckets[i], KEYS + 8 * cell) == key) {
        values[from + i] = memory.getLong(buckets[i], VALUES + 8 * cell);
        found++;
      } else {
        long cellFound = table.findLong(key, hashes[i]);
        values[from + i] = cellFound == Table.ABSENT ? missing : value(cellFound);
        found += cellFound == Table.ABSENT ? 0 : 1;
      }
    }
    return found;
  }
}
