package io.tophash.bench.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The stores that are measured, with the JVM flags that each of them gets. */
public enum StoreKind {
  /** Tophash without any flag. */
  TOPHASH("tophash", "Tophash", true, TophashStore::new, List.of("-Dtophash.memory=default")),
  /** Tophash with the flag that opens the fast memory mode. */
  TOPHASH_FAST(
      "tophash-fast",
      "Tophash fast",
      true,
      TophashStore::new,
      List.of("--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED", "-Dtophash.memory=fast")),
  /** {@link java.util.concurrent.ConcurrentHashMap}. */
  CHM("chm", "ConcurrentHashMap", false, ChmStore::new, List.of()),
  /** Chronicle Map. */
  CHRONICLE("chronicle", "Chronicle Map", true, ChronicleStore::new, JvmFlags.CHRONICLE),
  /** LMDB through lmdbjava. */
  LMDB("lmdb", "LMDB", true, LmdbStore::new, JvmFlags.LMDB),
  /** Agrona's {@code Long2LongHashMap}. */
  AGRONA("agrona", "Agrona Long2LongHashMap", false, AgronaStore::new, List.of()),
  /** {@link java.util.HashMap}. */
  HASHMAP("hashmap", "HashMap", false, HashMapStore::new, List.of()),
  /** No store: bare reads of mapped memory. */
  FLOOR("floor", "bare reads", false, null, List.of());

  private final String id;
  private final String title;
  private final boolean persistent;
  private final Supplier<LongStore> maker;
  private final List<String> ownFlags;

  StoreKind(
      String id,
      String title,
      boolean persistent,
      Supplier<LongStore> maker,
      List<String> ownFlags) {
    this.id = id;
    this.title = title;
    this.persistent = persistent;
    this.maker = maker;
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
    return persistent;
  }

  /** True if it is no store. */
  public boolean isFloor() {
    return maker == null;
  }

  /** True for Tophash itself. */
  public boolean isTophash() {
    return this == TOPHASH || this == TOPHASH_FAST;
  }

  /** A closed store of this kind. */
  public LongStore make() {
    return maker.get();
  }

  /** The flags of the JVM in which this store is measured. */
  public List<String> jvmFlags() {
    List<String> flags = new ArrayList<>();
    flags.add(persistent || isFloor() ? "-Xmx1g" : "-Xmx8g");
    flags.add("-XX:+UseG1GC");
    flags.addAll(ownFlags);
    return flags;
  }
}
