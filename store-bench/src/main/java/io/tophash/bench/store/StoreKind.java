package io.tophash.bench.store;

import io.tophash.bench.data.RecordShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The stores that are measured, with the JVM flags that each of them gets. */
public enum StoreKind {
  /** HashStore without any flag. */
  TOPHASH("tophash", "HashStore", Use.ALONE, Makers.HASH, Tuning.HASH, JvmFlags.DEFAULT),
  /** HashStore with the flag that opens the fast memory mode. */
  TOPHASH_FAST(
      "tophash-fast", "HashStore fast", Use.ALONE, Makers.HASH, Tuning.HASH, JvmFlags.FAST),
  /** SyncStore without any flag. */
  SYNC("sync", "SyncStore", Use.PROCESSES, Makers.SYNC, Tuning.SYNC, JvmFlags.DEFAULT),
  /** SyncStore with the flag that opens the fast memory mode. */
  SYNC_FAST("sync-fast", "SyncStore fast", Use.PROCESSES, Makers.SYNC, Tuning.SYNC, JvmFlags.FAST),
  /** {@link java.util.concurrent.ConcurrentHashMap}. */
  CHM(
      "chm",
      "ConcurrentHashMap",
      Use.THREADS_ON_HEAP,
      new Makers(ChmLongs::new, ChmRecords::new, GoMapMakers::chm),
      Tuning.ON_HEAP,
      JvmFlags.ON_HEAP),
  /** Chronicle Map. */
  CHRONICLE(
      "chronicle",
      "Chronicle Map",
      Use.PROCESSES,
      new Makers(ChronicleLongs::new, ChronicleRecords::new, null),
      Tuning.CHRONICLE,
      JvmFlags.CHRONICLE),
  /** LMDB through lmdbjava. */
  LMDB(
      "lmdb",
      "LMDB",
      Use.PROCESSES,
      new Makers(LmdbLongs::new, LmdbRecords::new, null),
      Tuning.LMDB,
      JvmFlags.LMDB),
  /** RocksDB through its own Java interface. */
  ROCKSDB(
      "rocksdb",
      "RocksDB",
      Use.THREADS,
      new Makers(RocksLongs::new, RocksRecords::new, null),
      Tuning.ROCKSDB,
      List.of("-Xmx1g")),
  /** MapDB's {@code HTreeMap}. */
  MAPDB(
      "mapdb",
      "MapDB",
      Use.THREADS,
      new Makers(MapDbLongs::new, MapDbRecords::new, GoMapMakers::mapDb),
      Tuning.MAPDB,
      List.of("-Xmx1g")),
  /** The store below H2. */
  MVSTORE(
      "mvstore",
      "MVStore",
      Use.THREADS,
      new Makers(MvLongs::new, MvRecords::new, GoMapMakers::mvStore),
      Tuning.MVSTORE,
      List.of("-Xmx6g")),
  /** Ehcache's off-heap tier. */
  EHCACHE(
      "ehcache",
      "Ehcache off-heap",
      Use.THREADS_ON_HEAP,
      new Makers(EhcacheLongs::new, EhcacheRecords::new, null),
      Tuning.EHCACHE,
      JvmFlags.EHCACHE),
  /** Caffeine. */
  CAFFEINE(
      "caffeine",
      "Caffeine",
      Use.THREADS_ON_HEAP,
      new Makers(CaffeineLongs::new, CaffeineRecords::new, GoMapMakers::caffeine),
      Tuning.CAFFEINE,
      JvmFlags.ON_HEAP),
  /** Agrona's {@code Long2LongHashMap}. */
  AGRONA(
      "agrona",
      "Agrona Long2LongHashMap",
      Use.ALONE_ON_HEAP,
      new Makers(AgronaStore::new, null, null),
      Tuning.AGRONA,
      JvmFlags.ON_HEAP),
  /** {@link java.util.HashMap}. */
  HASHMAP(
      "hashmap",
      "HashMap",
      Use.ALONE_ON_HEAP,
      new Makers(HashMapStore::new, null, null),
      Tuning.ON_HEAP,
      JvmFlags.ON_HEAP),
  /** {@link java.util.HashMap} under a {@link java.util.concurrent.locks.ReadWriteLock}. */
  LOCKED(
      "locked",
      "locked HashMap",
      Use.THREADS_ON_HEAP,
      new Makers(null, null, LockedGoMap::new),
      Tuning.ON_HEAP,
      JvmFlags.ON_HEAP),
  /** No store: bare reads of mapped memory. */
  FLOOR(
      "floor",
      "bare reads",
      Use.THREADS_ON_HEAP,
      new Makers(null, null, null),
      Tuning.NONE,
      List.of("-Xmx1g"));

  /** Where a store is, and who may use it at the same time. */
  private enum Use {
    ALONE,
    THREADS,
    PROCESSES,
    ALONE_ON_HEAP,
    THREADS_ON_HEAP
  }

  /** Makes closed stores of records, whatever their keys. */
  private interface RecordMaker {
    <K> RecordStore<K> make(RecordShape<K> shape);
  }

  /** Makes closed stores of a kind for each shape of entries; null if it is not measured there. */
  private record Makers(Supplier<LongStore> longs, RecordMaker records, Supplier<GoMap> goMap) {
    private static final Makers HASH = new Makers(TophashStore::new, HashRecords::new, null);
    private static final Makers SYNC = new Makers(SyncLongs::new, SyncRecords::new, SyncGoMap::new);
  }

  private final String id;
  private final String title;
  private final Use use;
  private final Makers makers;
  private final String tuning;
  private final List<String> ownFlags;

  StoreKind(String id, String title, Use use, Makers makers, String tuning, List<String> ownFlags) {
    this.id = id;
    this.title = title;
    this.use = use;
    this.makers = makers;
    this.tuning = tuning;
    this.ownFlags = ownFlags;
  }

  /**
   * The kind with a name.
   *
   * @throws IllegalArgumentException if there is none; the message lists the known ones
   */
  public static StoreKind of(String id) {
    for (StoreKind kind : values()) {
      if (kind.id.equals(id)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("unknown store '" + id + "', known are: " + ids());
  }

  private static String ids() {
    return Arrays.stream(values()).map(StoreKind::id).collect(Collectors.joining(", "));
  }

  /** The name on the command line and in the results. */
  public String id() {
    return id;
  }

  /** The name for people. */
  public String title() {
    return title;
  }

  /** True if the store is in files. */
  public boolean isPersistent() {
    return use == Use.ALONE || use == Use.THREADS || use == Use.PROCESSES;
  }

  /** True if several threads may use the store. */
  public boolean isForThreads() {
    return use == Use.THREADS || use == Use.PROCESSES || use == Use.THREADS_ON_HEAP;
  }

  /** True if several processes may use the store. */
  public boolean isForProcesses() {
    return use == Use.PROCESSES;
  }

  /** Bytes of its file for an entry of longs, at most: while it grows and not yet compacted. */
  public long mostFileBytesPerLong() {
    return switch (this) {
      case TOPHASH, TOPHASH_FAST, CHRONICLE -> 64;
      case SYNC, SYNC_FAST -> 80;
      case FLOOR -> 32;
      default -> isPersistent() ? 160 : 0;
    };
  }

  /** True if it is no store. */
  public boolean isFloor() {
    return this == FLOOR;
  }

  /** True for Tophash itself. */
  public boolean isTophash() {
    return compareTo(SYNC_FAST) <= 0;
  }

  /** True if it is measured with longs. */
  public boolean hasLongs() {
    return makers.longs != null;
  }

  /** True if it is measured with records. */
  public boolean hasRecords() {
    return makers.records != null;
  }

  /** True if it is measured with Go's benchmarks. */
  public boolean hasGoMap() {
    return makers.goMap != null;
  }

  /** A closed store of longs of this kind. */
  public LongStore makeLongs() {
    return makers.longs.get();
  }

  /** A closed store of records of this kind. */
  public <K> RecordStore<K> makeRecords(RecordShape<K> shape) {
    return makers.records.make(shape);
  }

  /** A closed map of this kind. */
  public GoMap makeGoMap() {
    return makers.goMap.get();
  }

  /** How the store is set up, for people. */
  public String tuning() {
    return tuning;
  }

  /** The flags of the JVM in which this store is measured. */
  public List<String> jvmFlags() {
    List<String> flags = new ArrayList<>();
    flags.add("-XX:+UseG1GC");
    flags.addAll(ownFlags);
    return flags;
  }
}
