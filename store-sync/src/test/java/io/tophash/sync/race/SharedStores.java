package io.tophash.sync.race;

import io.tophash.core.Store;
import io.tophash.sync.LongSyncStore;
import io.tophash.sync.SyncRaceStores;
import io.tophash.sync.SyncStore;

/** The stores of this JVM, opened when they are first used. */
final class SharedStores {
  /** What the store of longs answers for an absent key; no value of a test is negative. */
  static final long MISSING = -1;

  private SharedStores() {}

  private static <S extends Store> S closedAtExit(S store) {
    Runtime.getRuntime().addShutdownHook(new Thread(store::close));
    return store;
  }

  /** The records of {@link OwnKey}. */
  static SyncStore<Long, byte[]> records() {
    return Records.STORE;
  }

  /** The same records behind a heap level. */
  static SyncStore<Long, byte[]> recordsBehindHeap() {
    return Heap.STORE;
  }

  /** The same records behind a heap level that is broken. */
  static SyncStore<Long, byte[]> recordsBehindBlindHeap() {
    return BlindHeap.STORE;
  }

  /** The longs of {@link OwnKey}. */
  static LongSyncStore longs() {
    return Longs.STORE;
  }

  private static final class Records {
    static final SyncStore<Long, byte[]> STORE = closedAtExit(SyncRaceStores.records());
  }

  private static final class Longs {
    static final LongSyncStore STORE = closedAtExit(SyncRaceStores.longs(MISSING));
  }

  // Their JVM ends with the file that they read.
  private static final class Heap {
    static final SyncStore<Long, byte[]> STORE = SyncRaceStores.behindHeap(records());
  }

  private static final class BlindHeap {
    static final SyncStore<Long, byte[]> STORE = SyncRaceStores.behindBlindHeap(records());
  }
}
