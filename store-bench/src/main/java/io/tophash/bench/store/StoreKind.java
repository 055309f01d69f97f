package io.tophash.bench.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The stores that are measured, with the JVM flags that each of them gets. */
public enum StoreKind {
  /** HashStore without any flag. */
  TOPHASH("tophash", "HashStore", Use.ALONE, new Makers(TophashStore::new), JvmFlags.DEFAULT),
  /** HashStore with the flag that opens the fast memory mode. */
  TOPHASH_FAST(
      "tophash-fast", "HashStore fast", Use.ALONE, new Makers(TophashStore::new), JvmFlags.FAST),
  /** SyncStore without any flag. */
  SYNC("sync", "SyncStore", Use.PROCESSES, Makers.SYNC, JvmFlags.DEFAULT),
  /** SyncStore with the flag that opens the fast memory mode. */
  SYNC_FAST("sync-fast", "SyncStore fast", Use.PROCESSES, Makers.SYNC, JvmFlags.FAST),
  /** {@link java.util.concurrent.ConcurrentHashMap}. */
  CHM(
      "chm",
      "ConcurrentHashMap",
      Use.THREADS_ON_HEAP,
      new Makers(ChmLongs::new, ChmRecords::new, ChmGoMap::new),
      List.of()),
  /** Chronicle Map. */
  CHRONICLE(
      "chronicle",
      "Chronicle Map",
      Use.PROCESSES,
      new Makers(ChronicleLongs::new, ChronicleRecords::new, null),
      JvmFlags.CHRONICLE),
  /** LMDB through lmdbjava. */
  LMDB(
      "lmdb",
      "LMDB",
      Use.PROCESSES,
      new Makers(LmdbLongs::new, LmdbRecords::new, null),
      JvmFlags.LMDB),
  /** Agrona's {@code Long2LongHashMap}. */
  AGRONA(
      "agrona",
      "Agrona Long2LongHashMap",
      Use.ALONE_ON_HEAP,
      new Makers(AgronaStore::new),
      List.of()),
  /** {@link java.util.HashMap}. */
  HASHMAP("hashmap", "HashMap", Use.ALONE_ON_HEAP, new Makers(HashMapStore::new), List.of()),
  /** {@link java.util.HashMap} under a {@link java.util.concurrent.locks.ReadWriteLock}. */
  LOCKED(
      "locked",
      "locked HashMap",
      Use.THREADS_ON_HEAP,
      new Makers(null, null, LockedGoMap::new),
      List.of()),
  /** No store: bare reads of mapped memory. */
  FLOOR("floor", "bare reads", Use.THREADS_ON_HEAP, new Makers(null), List.of());

  /** Where a store is, and who may use it at the same time. */
  private enum Use {
    ALONE,
    PROCESSES,
    ALONE_ON_HEAP,
    THREADS_ON_HEAP
  }

  /** Makes closed stores of a kind for each shape of entries; null if it is not measured there. */
  private record Makers(
      Supplier<LongStore> longs, Supplier<RecordStore> records, Supplier<GoMap> goMap) {
    private static final Makers SYNC = new Makers(SyncLongs::new, SyncRecords::new, SyncGoMap::new);

    Makers(Supplier<LongStore> longs) {
      this(longs, null, null);
    }
  }

  private final String id;
  private final String title;
  private final Use use;
  private final Makers makers;
  private final List<String> ownFlags;

  StoreKind(String id, String title, Use use, Makers makers, List<String> ownFlags) {
    this.id = id;
    this.title = title;
    this.use = use;
    this.makers = makers;
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
    return use == Use.ALONE || use == Use.PROCESSES;
  }

  /** True if several threads may use the store. */
  public boolean isForThreads() {
    return use == Use.PROCESSES || use == Use.THREADS_ON_HEAP;
  }

  /** True if several processes may use the store. */
  public boolean isForProcesses() {
    return use == Use.PROCESSES;
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

  /** True if it is measured with strings. */
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

  /** A closed store of strings of this kind. */
  public RecordStore makeRecords() {
    return makers.records.get();
  }

  /** A closed map of this kind. */
  public GoMap makeGoMap() {
    return makers.goMap.get();
  }

  /** The flags of the JVM in which this store is measured. */
  public List<String> jvmFlags() {
    List<String> flags = new ArrayList<>();
    flags.add(isPersistent() || isFloor() ? "-Xmx1g" : "-Xmx8g");
    flags.add("-XX:+UseG1GC");
    flags.addAll(ownFlags);
    return flags;
  }
}
