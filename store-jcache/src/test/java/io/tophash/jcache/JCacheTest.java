package io.tophash.jcache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.cache.TophashCache;
import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import io.tophash.sync.Durability;
import java.io.File;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.Serializable;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.Caching;
import javax.cache.configuration.FactoryBuilder.SingletonFactory;
import javax.cache.configuration.MutableCacheEntryListenerConfiguration;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.event.CacheEntryExpiredListener;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.Duration;
import javax.cache.spi.CachingProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What this provider adds to JCache: directories, several processes, codecs, refusals. */
@Tag("contract")
class JCacheTest {
  private final CachingProvider provider =
      Caching.getCachingProvider(TophashCachingProvider.class.getName());

  @TempDir private Path directory;

  /** A value that has no codec. */
  record Point(int x, int y) implements Serializable {}

  @AfterEach
  void closeManagers() {
    provider.close();
  }

  private CacheManager manager() {
    return provider.getCacheManager(directory.toUri(), null, null);
  }

  private static MutableConfiguration<String, String> strings() {
    return new MutableConfiguration<String, String>().setTypes(String.class, String.class);
  }

  private static <K, V> TophashConfiguration<K, V> types(Class<K> keys, Class<V> values) {
    TophashConfiguration<K, V> configuration = new TophashConfiguration<>();
    configuration.setTypes(keys, values);
    return configuration;
  }

  @Test
  void aCacheInADirectoryOutlivesItsManager() {
    manager().createCache("orders", strings()).put("key", "value");
    manager().close();
    assertEquals("value", manager().createCache("orders", strings()).get("key"));
    assertTrue(Files.exists(directory.resolve("orders.tph")));
  }

  @Test
  void aTemporaryCacheGoesWithItsManager() {
    CacheManager manager = provider.getCacheManager();
    Cache<String, String> cache = manager.createCache("orders", strings());
    cache.put("key", "value");
    Path file = ((TophashCache<?, ?>) cache.unwrap(TophashCache.class)).path();
    assertTrue(Files.exists(file));
    manager.close();
    assertFalse(Files.exists(file));
  }

  @Test
  void twoManagersOfOneDirectoryInOneJvmShareTheEntries() throws IOException {
    try (URLClassLoader loader =
        new URLClassLoader(new URL[0], JCacheTest.class.getClassLoader())) {
      CacheManager other = provider.getCacheManager(directory.toUri(), loader, null);
      assertNotSame(manager(), other);
      assertSame(manager(), manager());
      Cache<String, String> first = manager().createCache("orders", strings());
      Cache<String, String> second = other.createCache("orders", strings());
      first.put("key", "value");
      assertEquals("value", second.get("key"));
      second.close();
      assertEquals("value", first.get("key"));
    }
  }

  @Test
  void anEntryProcessorIsAtomicAcrossProcesses() throws Exception {
    int times = 2_000;
    List<Process> others = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      others.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Counting.class.getName(),
                  directory.toUri().toString(),
                  Integer.toString(times))
              .redirectErrorStream(true)
              .redirectOutput(new File(directory.toFile(), "process-" + i + ".log"))
              .start());
    }
    Cache<String, Long> cache = Counting.open(manager());
    Counting.add(cache, times);
    for (Process other : others) {
      assertEquals(0, other.waitFor());
    }
    assertEquals(3L * times, cache.get(Counting.KEY));
  }

  @Test
  void noNameOfACacheLeavesTheDirectory() throws IOException {
    List<String> names =
        List.of(
            "",
            ".",
            "..",
            "../x",
            "/etc/x",
            "a b",
            "a/b",
            "a%2Fb",
            "größe",
            "A",
            "a",
            "x".repeat(300),
            "x".repeat(299) + "y");
    for (String name : names) {
      manager().createCache(name, strings()).put("name", name);
    }
    manager().close();
    for (String name : names) {
      assertEquals(name, manager().createCache(name, strings()).get("name"));
    }
    try (var files = Files.list(directory)) {
      assertEquals(names.size(), files.filter(file -> file.toString().endsWith(".tph")).count());
    }
  }

  @Test
  void aUriThatIsNoDirectoryIsRefused() throws IOException {
    for (URI uri :
        List.of(
            URI.create("http://localhost/caches"),
            URI.create("tophash:other"),
            URI.create("caches"),
            Files.writeString(directory.resolve("file"), "").toUri(),
            directory.resolve("file").resolve("below").toUri())) {
      assertThrows(CacheException.class, () -> provider.getCacheManager(uri, null, null));
    }
  }

  @Test
  void keysAndValuesOfAnyKnownClassNeedNoSerialization() {
    List<Object> objects =
        List.of("text", 1L, 2, new UUID(3, 4), "more".getBytes(StandardCharsets.UTF_8));
    Cache<Object, Object> cache = manager().createCache("any", new MutableConfiguration<>());
    for (Object object : objects) {
      cache.put(object, object);
    }
    for (Object object : objects) {
      if (object instanceof byte[] bytes) {
        assertArrayEquals(bytes, (byte[]) cache.get(object));
      } else {
        assertEquals(object, cache.get(object));
      }
    }
  }

  @Test
  void aDirectoryWantsAFilterBeforeAnythingIsSerialized() {
    Cache<String, Point> refused =
        manager().createCache("points", types(String.class, Point.class));
    CacheException e =
        assertThrows(CacheException.class, () -> refused.put("key", new Point(1, 2)));
    assertTrue(e.getMessage().contains("needs a filter"), e.getMessage());
    assertFalse(refused.containsKey("key"));
    refused.close();

    ObjectInputFilter points = ObjectInputFilter.Config.createFilter(Point.class.getName() + ";!*");
    Cache<String, Point> allowed =
        manager().createCache("points", types(String.class, Point.class).setSerialFilter(points));
    allowed.put("key", new Point(1, 2));
    assertEquals(new Point(1, 2), allowed.get("key"));
  }

  @Test
  void aClassThatTheFilterRefusesIsNotReadAndItsEntryStays() {
    Properties all = new Properties();
    all.setProperty(TophashCacheManager.SERIAL_FILTER, "java.base/*;io.tophash.**;!*");
    CacheManager manager = provider.getCacheManager(directory.toUri(), null, all);
    Cache<String, Serializable> cache =
        manager.createCache("any", types(String.class, Serializable.class));
    cache.put("point", new Point(1, 2));
    cache.put("instant", Instant.EPOCH);
    manager.close();

    Properties some = new Properties();
    some.setProperty(TophashCacheManager.SERIAL_FILTER, "java.base/*;!*");
    Cache<String, Serializable> reader =
        provider
            .getCacheManager(directory.toUri(), null, some)
            .createCache("any", types(String.class, Serializable.class));
    assertEquals(Instant.EPOCH, reader.get("instant"));
    CacheException e = assertThrows(CacheException.class, () -> reader.get("point"));
    assertTrue(e.getMessage().contains("refused by the filter"), e.getMessage());
    assertTrue(reader.containsKey("point"));
    reader.put("point", "replaced");
    assertEquals("replaced", reader.get("point"));
  }

  @Test
  void anObjectThatCannotBeSerializedIsRefused() {
    Cache<String, Object> cache =
        provider.getCacheManager().createCache("any", types(String.class, Object.class));
    assertThrows(CacheException.class, () -> cache.put("key", new Object()));
    assertFalse(cache.containsKey("key"));
  }

  @Test
  void anotherCodecThanTheFileWasMadeWithIsRefusedAndNothingIsLost() {
    manager().createCache("orders", strings()).put("key", "value");
    manager().close();
    CacheException e =
        assertThrows(
            CacheException.class,
            () -> manager().createCache("orders", types(Long.class, String.class)));
    assertTrue(e.getMessage().contains("orders"), e.getMessage());
    assertNull(manager().getCache("orders"));
    assertEquals("value", manager().createCache("orders", strings()).get("key"));
  }

  @Test
  void aCodecOfTheConfigurationIsUsed() {
    Codec<Point> codec =
        Codec.of(
            "point-1",
            point -> (point.x() + "," + point.y()).getBytes(StandardCharsets.US_ASCII),
            bytes -> {
              String[] parts = new String(bytes, StandardCharsets.US_ASCII).split(",");
              return new Point(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
            });
    TophashConfiguration<Long, Point> configuration =
        types(Long.class, Point.class).setKeyCodec(Codecs.int64()).setValueCodec(codec);
    Cache<Long, Point> cache = manager().createCache("points", configuration);
    cache.put(1L, new Point(2, 3));
    assertEquals(new Point(2, 3), cache.get(1L));
    assertTrue(cache.replace(1L, new Point(2, 3), new Point(4, 5)));
  }

  @Test
  void theConfigurationSetsBoundsAndTags() {
    TophashConfiguration<String, String> configuration =
        types(String.class, String.class)
            .setMaxBytes(16L << 20)
            .setMaxEntries(100L)
            .setHeapEntries(50)
            .setDurability(Durability.POWER_LOSS)
            .setTags(key -> key.substring(0, 1));
    Cache<String, String> cache = manager().createCache("orders", configuration);
    TophashCache<?, ?> file = cache.unwrap(TophashCache.class);
    assertEquals(16L << 20, file.policy().maxBytes());
    assertEquals(Durability.POWER_LOSS, file.storeStats().checkpoint().durability());
    for (int i = 0; i < 300; i++) {
      cache.put("b" + i, "value");
      assertTrue(file.estimatedSize() <= 100);
    }
    cache.put("a1", "value");
    file.invalidateTag("b");
    List<String> left = new ArrayList<>();
    cache.forEach(entry -> left.add(entry.getKey()));
    assertEquals(List.of("a1"), left);
    assertEquals(configuration, new TophashConfiguration<>(configuration));
    assertThrows(IllegalArgumentException.class, () -> configuration.setMaxBytes(1L << 20));
    assertThrows(IllegalArgumentException.class, () -> configuration.setMaxEntries(0L));
    assertThrows(IllegalArgumentException.class, () -> configuration.setHeapEntries(-1));
  }

  @Test
  void aListenerThatComesLaterHearsOfWhatExpires() throws Exception {
    Cache<String, String> cache =
        manager()
            .createCache(
                "orders",
                strings()
                    .setExpiryPolicyFactory(
                        CreatedExpiryPolicy.factoryOf(new Duration(TimeUnit.MILLISECONDS, 1))));
    List<String> expired = new CopyOnWriteArrayList<>();
    CacheEntryExpiredListener<String, String> listener =
        events -> events.forEach(event -> expired.add(event.getKey() + "=" + event.getOldValue()));
    cache.registerCacheEntryListener(
        new MutableCacheEntryListenerConfiguration<>(
            new SingletonFactory<>(listener), null, true, true));
    cache.put("key", "value");
    while (cache.containsKey("key")) {
      Thread.onSpinWait();
    }
    ((TophashCache<?, ?>) cache.unwrap(TophashCache.class)).cleanUp();
    assertEquals(List.of("key=value"), expired);
  }

  @Test
  void closingWhileOthersUseTheCacheEndsTheirCallsAndLosesNothing() throws Exception {
    Cache<String, String> cache = manager().createCache("orders", strings());
    List<String> acknowledged = new CopyOnWriteArrayList<>();
    List<Throwable> unexpected = new CopyOnWriteArrayList<>();
    Thread user =
        new Thread(
            () -> {
              try {
                for (int i = 0; ; i++) {
                  cache.put("key" + i, "value");
                  acknowledged.add("key" + i);
                }
              } catch (IllegalStateException e) {
                // Closed.
              } catch (Throwable e) {
                unexpected.add(e);
              }
            });
    user.start();
    while (acknowledged.size() < 100) {
      Thread.onSpinWait();
    }
    cache.close();
    user.join();
    assertEquals(List.of(), unexpected);
    Cache<String, String> again = manager().createCache("orders", strings());
    acknowledged.forEach(key -> assertEquals("value", again.get(key)));
  }

  @Test
  void destroyingEmptiesTheCacheForOthersWhoGoOn() throws IOException {
    try (URLClassLoader loader =
        new URLClassLoader(new URL[0], JCacheTest.class.getClassLoader())) {
      CacheManager otherManager = provider.getCacheManager(directory.toUri(), loader, null);
      Cache<String, String> other = otherManager.createCache("orders", strings());
      Cache<String, String> cache = manager().createCache("orders", strings());
      cache.put("key", "value");
      manager().destroyCache("orders");
      assertThrows(IllegalStateException.class, () -> cache.get("key"));
      assertNull(other.get("key"));
      other.put("key", "other");
      assertEquals("other", manager().createCache("orders", strings()).get("key"));
    }
  }

  @Test
  void valuesByReferenceAreRefused() {
    assertThrows(
        UnsupportedOperationException.class,
        () -> manager().createCache("orders", strings().setStoreByValue(false)));
  }
}
