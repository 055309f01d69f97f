package io.tophash.bench.report;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What is measured. Less is better in all of them. A workload yields one figure or a few. */
public enum Figure {
  DEPENDENT_GET("dependentGet", "LookupBenchmark", "get, each key from the last value", "ns"),
  INDEPENDENT_GET("independentGet", "LookupBenchmark", "get, keys known beforehand", "ns"),
  GET_ALL_32("getAll32", "LookupBenchmark", "getAll, 32 keys at once, per key", "ns"),
  GET_ALL_1024("getAll1024", "LookupBenchmark", "getAll, 1,024 keys at once, per key", "ns"),
  MISS("miss", "LookupBenchmark", "get of an absent key", "ns"),
  PUT("put", "UpdateBenchmark", "put to a key that is there", "ns"),
  REMOVE_PUT("removePut", "UpdateBenchmark", "remove and put again, both", "ns"),
  ITERATE("iterate", "IterateBenchmark", "iterate, per entry", "ns"),
  DEPENDENT_GET_2(
      new Source("dependentGet2", Shape.LONGS, "LookupBenchmark.dependentGet", 2),
      "2 threads: get, each key from the last value",
      "ns"),
  INDEPENDENT_GET_2(
      new Source("independentGet2", Shape.LONGS, "LookupBenchmark.independentGet", 2),
      "2 threads: get, keys known beforehand",
      "ns"),
  PUT_2(
      new Source("put2", Shape.LONGS, "UpdateBenchmark.put", 2),
      "2 threads: put to a key that is there",
      "ns"),
  READ_ALONE(
      new Source("besideWriter", Shape.LONGS, "BesideWriterBenchmark.readAlone", 1),
      "get by a process alone",
      "ns"),
  READ_BESIDE(
      new Source("besideWriter", Shape.LONGS, "BesideWriterBenchmark.readBeside", 1),
      "get while another process overwrites values",
      "ns"),
  PUT_NEW("putNew", "putNew", Shape.LONGS, "put of a new key to a full store", "ns"),
  REMOVE("remove", "putNew", Shape.LONGS, "remove", "ns"),
  FILL("fill", "fill", Shape.LONGS, "fill from empty, per entry", "ns"),
  PUT_50("put50", "longestPut", Shape.LONGS, "half of the puts while filling take at most", "µs"),
  PUT_99("put99", "longestPut", Shape.LONGS, "99 % of the puts while filling take at most", "µs"),
  PUT_9999(
      "put9999", "longestPut", Shape.LONGS, "99.99 % of the puts while filling take at most", "µs"),
  LONGEST_PUT("longestPut", "longestPut", Shape.LONGS, "longest put while filling", "µs"),
  LONGEST_OTHER(
      "longestOther", "longestPut", Shape.LONGS, "longest get or remove while filling", "µs"),
  GROWTH_50("growth50", "growth", Shape.LONGS, Titles.GROWTH + "half of the puts", "µs"),
  GROWTH_99("growth99", "growth", Shape.LONGS, Titles.GROWTH + "99 % of the puts", "µs"),
  GROWTH_999("growth999", "growth", Shape.LONGS, Titles.GROWTH + "99.9 % of the puts", "µs"),
  GROWTH_9999("growth9999", "growth", Shape.LONGS, Titles.GROWTH + "99.99 % of the puts", "µs"),
  GROWTH_MAX("growthMax", "growth", Shape.LONGS, Titles.GROWTH + "the longest put", "µs"),
  GROWTH_GET_9999("growthGet9999", "growth", Shape.LONGS, Titles.GROWTH + "99.99 % of gets", "µs"),
  GROWTH_GET_MAX("growthGetMax", "growth", Shape.LONGS, Titles.GROWTH + "the longest get", "µs"),
  OPEN("open", "open", Shape.LONGS, "open and first get", "ms"),
  OPEN_KILLED(
      "openKilled",
      "openKilled",
      Shape.LONGS,
      "open and first get, after the owner was killed",
      "ms"),
  SPACE("space", "space", Shape.LONGS, "file, or memory of a store without one, per entry", "B"),
  LIVE("live", "space", Shape.LONGS, "file without what is free in it, per entry", "B"),
  ALLOCATED("allocated", "space", Shape.LONGS, "space taken on the file system, per entry", "B"),
  HEAP("storeHeap", "space", Shape.LONGS, "heap used by a store in a file", "KiB"),
  MEMORY("resident", "memory", Shape.LONGS, "resident memory", "MiB"),
  MEMORY_OWN("residentOwn", "memory", Shape.LONGS, "of it, all but mapped files", "MiB"),
  MEMORY_MAPPED("residentMapped", "memory", Shape.LONGS, "of it, mapped files", "MiB"),
  GC_PAUSES("gcPauses", "memory", Shape.LONGS, "pauses of the collector in a fill, in all", "ms"),
  GC_LONGEST("gcLongest", "memory", Shape.LONGS, "longest pause of the collector in a fill", "ms"),
  SPACE_HINTED("spaceHinted", "hinted", Shape.LONGS, "file per entry, made with a hint", "B"),
  FILL_HINTED("fillHinted", "hinted", Shape.LONGS, "fill with a hint, per entry", "ns"),

  STRING_GET(Shape.STRINGS, "get", "get, value copied to a new array"),
  STRING_GET_INTO(Shape.STRINGS, "getInto", Titles.GET_INTO),
  STRING_GET_2(
      new Source("stringGet2", Shape.STRINGS, "RecordBenchmark.get", 2),
      "2 threads: get, value copied to a new array",
      "ns"),
  STRING_PUT(Shape.STRINGS, "put", Titles.PUT),
  STRING_REMOVE_PUT(Shape.STRINGS, "removePut", "remove and put again, both"),
  STRING_ITERATE(Shape.STRINGS, "iterate", Titles.ITERATE),
  STRING_FILL(Shape.STRINGS, "fill", Titles.FILL, "ns"),
  STRING_PUT_9999(
      "stringPut9999",
      "stringLongestPut",
      Shape.STRINGS,
      "99.99 % of the puts while filling take at most",
      "µs"),
  STRING_LONGEST_PUT(
      "stringLongestPut", "stringLongestPut", Shape.STRINGS, "longest put while filling", "µs"),
  STRING_LONGEST_OTHER(
      "stringLongestOther",
      "stringLongestPut",
      Shape.STRINGS,
      "longest get or remove while filling",
      "µs"),
  STRING_SPACE(Shape.STRINGS, "space", Titles.SPACE, "×"),
  STRING_LIVE(
      "stringLive",
      "stringSpace",
      Shape.STRINGS,
      "file without what is free in it, by bytes of keys and values",
      "×"),
  STRING_ALLOCATED(
      "stringAllocated",
      "stringSpace",
      Shape.STRINGS,
      "space taken on the file system, by bytes of keys and values",
      "×"),

  YCSB_A('A', 1, "half reads, half updates"),
  YCSB_B('B', 1, "95 % reads, 5 % updates"),
  YCSB_C('C', 1, "reads"),
  YCSB_D('D', 1, "95 % reads of the latest, 5 % inserts"),
  YCSB_F('F', 1, "half reads, half reads with a write"),
  YCSB_A_2('A', 2, "half reads, half updates"),
  YCSB_B_2('B', 2, "95 % reads, 5 % updates"),
  YCSB_C_2('C', 2, "reads"),
  YCSB_D_2('D', 2, "95 % reads of the latest, 5 % inserts"),
  YCSB_F_2('F', 2, "half reads, half reads with a write"),

  INT_GET_INTO(Shape.INTS, "getInto", Titles.GET_INTO),
  INT_PUT(Shape.INTS, "put", Titles.PUT),
  INT_ITERATE(Shape.INTS, "iterate", Titles.ITERATE),
  INT_FILL(Shape.INTS, "fill", Titles.FILL, "ns"),
  INT_SPACE(Shape.INTS, "space", Titles.SPACE, "×"),
  INT_2K_GET_INTO(Shape.INTS_2K, "getInto", Titles.GET_INTO),
  INT_2K_PUT(Shape.INTS_2K, "put", Titles.PUT),
  INT_2K_ITERATE(Shape.INTS_2K, "iterate", Titles.ITERATE),
  INT_2K_FILL(Shape.INTS_2K, "fill", Titles.FILL, "ns"),
  INT_2K_SPACE(Shape.INTS_2K, "space", Titles.SPACE, "×"),
  INT_16K_GET_INTO(Shape.INTS_16K, "getInto", Titles.GET_INTO),
  INT_16K_PUT(Shape.INTS_16K, "put", Titles.PUT),
  INT_16K_ITERATE(Shape.INTS_16K, "iterate", Titles.ITERATE),
  INT_16K_FILL(Shape.INTS_16K, "fill", Titles.FILL, "ns"),
  INT_16K_SPACE(Shape.INTS_16K, "space", Titles.SPACE, "×"),

  GO_LOAD_MOSTLY_HITS("loadMostlyHits"),
  GO_LOAD_MOSTLY_MISSES("loadMostlyMisses"),
  GO_LOAD_OR_STORE_BALANCED("loadOrStoreBalanced"),
  GO_LOAD_OR_STORE_UNIQUE("loadOrStoreUnique"),
  GO_LOAD_OR_STORE_COLLISION("loadOrStoreCollision"),
  GO_LOAD_AND_DELETE_BALANCED("loadAndDeleteBalanced"),
  GO_LOAD_AND_DELETE_UNIQUE("loadAndDeleteUnique"),
  GO_LOAD_AND_DELETE_COLLISION("loadAndDeleteCollision"),
  GO_RANGE("range"),
  GO_ADVERSARIAL_ALLOC("adversarialAlloc"),
  GO_ADVERSARIAL_DELETE("adversarialDelete"),
  GO_DELETE_COLLISION("deleteCollision"),
  GO_SWAP_COLLISION("swapCollision"),
  GO_SWAP_MOSTLY_HITS("swapMostlyHits"),
  GO_SWAP_MOSTLY_MISSES("swapMostlyMisses"),
  GO_COMPARE_AND_SWAP_COLLISION("compareAndSwapCollision"),
  GO_COMPARE_AND_SWAP_NO_EXISTING_KEY("compareAndSwapNoExistingKey"),
  GO_COMPARE_AND_SWAP_VALUE_NOT_EQUAL("compareAndSwapValueNotEqual"),
  GO_COMPARE_AND_SWAP_MOSTLY_HITS("compareAndSwapMostlyHits"),
  GO_COMPARE_AND_SWAP_MOSTLY_MISSES("compareAndSwapMostlyMisses"),
  GO_COMPARE_AND_DELETE_COLLISION("compareAndDeleteCollision"),
  GO_COMPARE_AND_DELETE_MOSTLY_HITS("compareAndDeleteMostlyHits"),
  GO_COMPARE_AND_DELETE_MOSTLY_MISSES("compareAndDeleteMostlyMisses"),
  GO_CLEAR("clear");

  /** The workload of all figures of {@link Shape#GO_MAP}. */
  public static final String GO_WORKLOAD = "syncMap";

  /**
   * Where a figure comes from.
   *
   * @param workload the workload that yields it
   * @param shape its entries
   * @param benchmark class and method of a JMH benchmark, or null if it is a single shot
   * @param threads how many threads the benchmark has; its time is divided by them
   */
  private record Source(String workload, Shape shape, String benchmark, int threads) {}

  private final String id;
  private final Source source;
  private final String title;
  private final String unit;

  /** A figure of a workload of longs with the same name, by one thread. */
  Figure(String id, String benchmarkClass, String title, String unit) {
    this(id, new Source(id, Shape.LONGS, benchmarkClass + "." + id, 1), title, unit);
  }

  /** A figure of a benchmark of records, by one thread. */
  Figure(Shape shape, String method, String title) {
    this(
        shape.workload(method),
        new Source(shape.workload(method), shape, "RecordBenchmark." + method, 1),
        title,
        "ns");
  }

  /** A figure of a single shot of records that other shapes have, too. */
  Figure(Shape shape, String shot, String title, String unit) {
    this(shape.workload(shot), shape.workload(shot), shape, title, unit);
  }

  /** A figure of a single shot. */
  Figure(String id, String workload, Shape shape, String title, String unit) {
    this(id, new Source(workload, shape, null, 1), title, unit);
  }

  /** A figure of a benchmark with a name of its own, or one that other figures have, too. */
  Figure(Source source, String title, String unit) {
    this(
        source.threads == 1
            ? source.benchmark.substring(source.benchmark.indexOf('.') + 1)
            : source.workload,
        source,
        title,
        unit);
  }

  /** A workload of YCSB. */
  Figure(char letter, int threads, String title) {
    this(
        "ycsb" + letter + (threads == 1 ? "" : threads),
        new Source("ycsb" + letter + (threads == 1 ? "" : threads), Shape.STRINGS, null, threads),
        (threads == 1 ? "" : threads + " threads: ") + "YCSB " + letter + ", " + title,
        "ns");
  }

  /** One of Go's benchmarks, by two threads. */
  Figure(String method) {
    this(
        method,
        new Source("syncMap", Shape.GO_MAP, "GoMapBenchmark." + method, 2),
        Character.toUpperCase(method.charAt(0)) + method.substring(1),
        "ns");
  }

  Figure(String id, Source source, String title, String unit) {
    this.id = id;
    this.source = source;
    this.title = title;
    this.unit = unit;
  }

  /**
   * The figure with a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Figure of(String id) {
    return find(id).orElseThrow(() -> new IllegalArgumentException("unknown figure '" + id + "'"));
  }

  /** The figure with a name, if there is one. */
  public static Optional<Figure> find(String id) {
    return Arrays.stream(values()).filter(figure -> figure.id.equals(id)).findFirst();
  }

  /** The names of all workloads of a shape, in order. */
  public static Set<String> workloads(Shape shape) {
    return workloads(figure -> figure.shape() == shape);
  }

  /** The names of all workloads, in order. */
  public static Set<String> workloads() {
    return workloads(figure -> true);
  }

  private static Set<String> workloads(Predicate<Figure> isWanted) {
    return Arrays.stream(values())
        .filter(isWanted)
        .map(Figure::workload)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /**
   * Checks the name of a workload.
   *
   * @throws IllegalArgumentException if there is none; the message lists the known ones
   */
  public static String workload(String name) {
    if (!workloads().contains(name)) {
      throw new IllegalArgumentException(
          "unknown workload '" + name + "', known are: " + String.join(", ", workloads()));
    }
    return name;
  }

  /** The name in the results. */
  public String id() {
    return id;
  }

  /** The name of the workload that yields it. */
  public String workload() {
    return source.workload;
  }

  /** Its entries. */
  public Shape shape() {
    return source.shape;
  }

  /** True if it is measured by a JMH benchmark, false if by a single shot. */
  public boolean isBenchmark() {
    return source.benchmark != null;
  }

  /** Simple name of the class, and the method, of the JMH benchmark. */
  public String benchmark() {
    return source.benchmark;
  }

  /** How many threads measure it; the time is divided by them. */
  public int threads() {
    return source.threads;
  }

  /** The name for people. */
  public String title() {
    return title;
  }

  /** The unit. */
  public String unit() {
    return unit;
  }

  /** True for the workloads of YCSB. */
  public boolean isYcsb() {
    return source.workload.startsWith("ycsb");
  }

  /** True if the figure is about a walk over all entries, by whose number it is divided. */
  public boolean isPerEntry() {
    return isBenchmark() && source.benchmark.endsWith(".iterate");
  }

  /** The figures whose sum it is; none if it is measured itself. */
  List<Figure> parts() {
    return this == MEMORY ? List.of(MEMORY_OWN, MEMORY_MAPPED) : List.of();
  }
}
