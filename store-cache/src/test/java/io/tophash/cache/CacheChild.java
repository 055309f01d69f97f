package io.tophash.cache;

import io.tophash.core.codec.Codecs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Another process that uses a cache. */
final class CacheChild {
  private static final Object LOCK = new Object();

  private CacheChild() {}

  /** Starts one; its output is to be read, and it is to be ended. */
  static Process start(Path cache, String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(CacheChild.class.getName());
    command.add(cache.toString());
    command.addAll(List.of(args));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  static TophashCacheBuilder<String, String> builder() {
    return TophashCache.builder(Codecs.utf8(), Codecs.utf8())
        .loadTimeout(Duration.ofMinutes(5))
        .recordStats();
  }

  static String value(String key, int version) {
    return key + ":" + version + ":" + "x".repeat((key.hashCode() & 0xFF) * (version % 40 + 1));
  }

  public static void main(String[] args) throws Exception {
    try (TophashCache<String, String> cache = builder().open(Path.of(args[0]))) {
      switch (args[1]) {
        case "load-for-ever":
          cache.get(args[2], CacheChild::blocks);
          break;
        case "load-each":
          loadEach(cache, Integer.parseInt(args[2]));
          break;
        case "write":
          write(cache, args[2], Integer.parseInt(args[3]));
          break;
        case "refresh-for-ever":
          refreshForEver(Path.of(args[0]), args[2]);
          break;
        case "resize":
          resize(cache);
          break;
        default:
          throw new IllegalArgumentException(args[1]);
      }
    }
  }

  private static String blocks(String key) {
    System.out.println("loading");
    synchronized (LOCK) {
      while (true) {
        try {
          LOCK.wait();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }

  /** Claims the refresh of a key, whose loader never ends. */
  private static void refreshForEver(Path path, String key) throws IOException {
    try (TophashCache<String, String> cache =
        builder()
            .refreshAfterWrite(Duration.ofMillis(1))
            .loader(CacheChild::blocks)
            .executor(task -> new Thread(task).start())
            .open(path)) {
      cache.put(key, "old");
      while (true) {
        cache.getIfPresent(key);
        Thread.yield();
      }
    }
  }

  private static void loadEach(TophashCache<String, String> cache, int keys) throws Exception {
    System.out.println("ready");
    System.in.read();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 2; t++) {
      int from = t * keys / 2;
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < keys; i++) {
                  String key = "k" + (from + i) % keys;
                  String got = cache.get(key, CacheChild::loadSlowly);
                  if (!got.equals(key + "!")) {
                    System.out.println("wrong " + key + " " + got);
                  }
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    System.out.println("end");
  }

  private static String loadSlowly(String key) {
    System.out.println("load " + key);
    Thread.yield();
    return key + "!";
  }

  /** The bounds between which {@link #resize} changes, in the order in which it sets them. */
  static final long[][] BOUNDS = {{6 << 20, 900}, {3 << 20, 200}, {9 << 20, 500}, {4 << 20, 300}};

  /** Changes the bounds over and over; says after each time what it has done. */
  private static void resize(TophashCache<String, String> cache) {
    for (int i = 0; ; i++) {
      long[] bounds = BOUNDS[i % BOUNDS.length];
      cache.resize(bounds[0], bounds[1]);
      System.out.println("resized " + i);
    }
  }

  /** Stores growing versions of its own keys; says before and after each what it does. */
  private static void write(TophashCache<String, String> cache, String name, int from) {
    Random random = new Random(from);
    for (int version = from; ; version++) {
      String key = name + random.nextInt(400);
      System.out.println("put " + key + " " + version);
      cache.put(key, value(key, version));
      System.out.println("did " + key + " " + version);
    }
  }
}
