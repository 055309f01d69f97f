package io.tophash.examples.cluster;

import io.tophash.core.codec.Codecs;
import io.tophash.infinispan.TophashStoreConfigurationBuilder;
import io.tophash.sync.SyncStats;
import io.tophash.sync.SyncStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.infinispan.AdvancedCache;
import org.infinispan.Cache;
import org.infinispan.configuration.cache.CacheMode;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.configuration.global.GlobalConfigurationBuilder;
import org.infinispan.context.Flag;
import org.infinispan.manager.DefaultCacheManager;

/**
 * A node of the cluster, a process of its own. It does what the lines of its standard input say,
 * and answers each with one line of numbers; it ends when its input ends.
 */
public final class Node {
  private static final String CACHE = "orders";
  private static final int BATCH = 500;
  private static final int SEGMENTS = 64;
  private static final int VALUE_BYTES = 100;

  /** One of so many entries is stored anew while a node is down. */
  static final int PART_CHANGED = 10;

  private final Path directory;
  private final Cache<String, String> cache;
  private final DefaultCacheManager manager;

  private Node(String name, Path directory, long entriesOnHeap) {
    this.directory = directory;
    GlobalConfigurationBuilder global = GlobalConfigurationBuilder.defaultClusteredBuilder();
    global
        .transport()
        .clusterName("tophash-example")
        .nodeName(name)
        .addProperty("configurationFile", "loopback.xml");
    global.globalState().disable();
    ConfigurationBuilder configuration = new ConfigurationBuilder();
    configuration.clustering().cacheMode(CacheMode.DIST_SYNC);
    configuration.clustering().hash().numOwners(2).numSegments(SEGMENTS);
    // A machine that is busy with other things is no reason to give up.
    configuration.clustering().remoteTimeout(2, TimeUnit.MINUTES);
    configuration.clustering().stateTransfer().timeout(10, TimeUnit.MINUTES);
    configuration.memory().maxCount(entriesOnHeap); // The rest is in the files only.
    configuration
        .persistence()
        .addStore(TophashStoreConfigurationBuilder.class)
        .path(directory.toString())
        .files(8);
    manager = new DefaultCacheManager(global.build());
    manager.defineConfiguration(CACHE, configuration.build());
    cache = manager.getCache(CACHE);
  }

  /**
   * Runs a node.
   *
   * @param args its name, the directory of its files, how many entries it may have on the heap
   */
  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[1]);
    Figures before = Figures.of(directory);
    Node node = new Node(args[0], directory, Long.parseLong(args[2]));
    System.out.println("= " + before);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      System.out.println("= " + node.answer(words[0], Integer.parseInt(words[1])));
    }
    node.manager.close();
  }

  private String answer(String command, int number) throws IOException {
    switch (command) {
      case "load":
        load(number, 1, "first");
        return "0";
      case "change":
        load(number, PART_CHANGED, "second");
        return "0";
      case "missing":
        return Long.toString(missing(number, "first"));
      case "missing-or-old":
        return Long.toString(missing(number, "second"));
      case "settled":
        return isSettled(number) ? "1" : "0";
      case "figures":
        return cache.getAdvancedCache().getDataContainer().size() + " " + Figures.of(directory);
      default:
        throw new IllegalArgumentException("no such command: " + command);
    }
  }

  /** Stores one of so many entries. */
  private void load(int entries, int step, String version) {
    AdvancedCache<String, String> blind =
        cache.getAdvancedCache().withFlags(Flag.IGNORE_RETURN_VALUES);
    Map<String, String> batch = new HashMap<>();
    for (int i = 0; i < entries; i += step) {
      batch.put(key(i), value(i, version));
      if (batch.size() == BATCH) {
        blind.putAll(batch);
        batch.clear();
      }
    }
    blind.putAll(batch);
  }

  /**
   * How many of the entries the cluster has not, or not as they were stored last.
   *
   * @param changed the version of those that may have been stored twice
   */
  private long missing(int entries, String changed) {
    long missing = 0;
    for (int i = 0; i < entries; i++) {
      String expected = value(i, i % PART_CHANGED == 0 ? changed : "first");
      missing += expected.equals(cache.get(key(i))) ? 0 : 1;
    }
    return missing;
  }

  /** True if the cluster has so many nodes, and no entries are on their way to others. */
  private boolean isSettled(int nodes) {
    AdvancedCache<String, String> advanced = cache.getAdvancedCache();
    return manager.getMembers().size() == nodes
        && advanced.getDistributionManager().getCacheTopology().getMembers().size() == nodes
        && !advanced.getDistributionManager().isRehashInProgress();
  }

  private static String key(int number) {
    return "order-" + number;
  }

  private static String value(int number, String version) {
    String text = version + " value of order " + number + ' ';
    return text.repeat(VALUE_BYTES / text.length() + 1).substring(0, VALUE_BYTES);
  }

  /**
   * What is in the files of a node, and what was done to them since they were made.
   *
   * @param entries entries
   * @param writes entries stored
   * @param clears how often a file was emptied
   */
  private record Figures(long entries, long writes, long removes, long clears) {
    static Figures of(Path directory) throws IOException {
      Figures sum = new Figures(0, 0, 0, 0);
      Path files = directory.resolve(CACHE);
      if (!Files.exists(files)) {
        return sum;
      }
      try (DirectoryStream<Path> all = Files.newDirectoryStream(files, "*.tph")) {
        for (Path file : all) {
          try (SyncStore<byte[], byte[]> store =
              SyncStore.builder(Codecs.bytes(), Codecs.bytes()).open(file)) {
            sum = sum.plus(store.stats());
          }
        }
      }
      return sum;
    }

    private Figures plus(SyncStats file) {
      return new Figures(
          entries + file.entries(),
          writes + file.inserts() + file.stores(),
          removes + file.removes(),
          clears + file.clears());
    }

    @Override
    public String toString() {
      return entries + " " + writes + " " + removes + " " + clears;
    }
  }
}
