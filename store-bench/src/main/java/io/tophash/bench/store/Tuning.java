package io.tophash.bench.store;

/** How the stores are set up, for the report. What is not named is as it comes. */
final class Tuning {
  static final String HASH = "as it comes; told nothing about its size";
  static final String SYNC = "as it comes; told nothing about its size";
  static final String ON_HEAP =
      "as it comes; told nothing about its size while it is filled; of records it gets and gives"
          + " copies";
  static final String CHRONICLE =
      "the exact number of entries; longs: value interfaces and getUsing; records: constant sizes"
          + " by sample; putReturnsNull, removeReturnsNull; maxBloatFactor 2 for what is put beside"
          + " the entries";
  static final String LMDB =
      "MDB_WRITEMAP, MDB_NOSYNC, MDB_NOTLS, MDB_NORDAHEAD; MDB_INTEGERKEY for numbers; one read"
          + " transaction renewed; one commit for 65,536 writes while filling and 16,384 (records:"
          + " 8,192) afterwards, for each write in YCSB and where latencies are taken; map size"
          + " preset";
  static final String CAFFEINE =
      "maximumSize of twice the entries, so that nothing is evicted; its own executor";
  static final String EHCACHE =
      "the off-heap tier alone, its own serializers; as much memory as keeps it from evicting";
  static final String MAPDB =
      "HTreeMap; fileMmapEnable, fileMmapPreclearDisable, allocateIncrement 16 MiB; no"
          + " transactions; layout as wide as the entries; values up to 128 bytes inside of leaves";
  static final String MVSTORE =
      "its own data types; cacheSize 2 GiB (all entries, on the heap); autoCommitBufferSize 64 MiB; compactFile after filling;"
          + " writes reach the file within a second";
  static final String ROCKSDB =
      "optimizeForPointLookup with a block cache of 1 GiB; write buffers of 64 MiB; no compression;"
          + " a background thread for each processor; direct buffers; multiGet for getAll; log on,"
          + " no sync at writes; compactRange after filling";
  static final String AGRONA = "as it comes; told nothing about its size";
  static final String NONE = "no store";

  private Tuning() {}
}
