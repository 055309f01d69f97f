package io.tophash.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.MeterRegistry;
import io.tophash.core.errors.StoreException;
import io.tophash.sync.Durability;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;

/** Caches of a real application context. */
@Tag("contract")
class SpringCacheTest {
  @TempDir private Path directory;

  /** A value of the application's own package. */
  record Product(long id, String name) implements Serializable {}

  /** What is cached; counts how often it is called. */
  static class Products {
    private final AtomicInteger calls = new AtomicInteger();
    private volatile CountDownLatch gate = new CountDownLatch(0);

    // Methods, as the bean is a proxy, whose fields are its own.
    int calls() {
      return calls.get();
    }

    void gate(CountDownLatch other) {
      gate = other;
    }

    @Cacheable("products")
    public Product find(long id) {
      calls.incrementAndGet();
      return id < 0 ? null : new Product(id, "product " + id);
    }

    @Cacheable(cacheNames = "products", sync = true)
    public Product findOnce(long id) throws InterruptedException {
      calls.incrementAndGet();
      gate.await();
      return new Product(id, "product " + id);
    }

    @Cacheable("futures")
    public CompletableFuture<String> later(String key) {
      calls.incrementAndGet();
      return CompletableFuture.supplyAsync(() -> "value of " + key);
    }

    @Cacheable("monos")
    public Mono<String> mono(String key) {
      return Mono.fromSupplier(
          () -> {
            calls.incrementAndGet();
            return "value of " + key;
          });
    }

    @CacheEvict(cacheNames = "products", allEntries = true)
    public void forget() {}
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @EnableCaching
  static class Application {
    @Bean
    Products products() {
      return new Products();
    }
  }

  private ConfigurableApplicationContext start(String... properties) {
    return start(List.of(Application.class), properties);
  }

  private ConfigurableApplicationContext start(List<Class<?>> sources, String... properties) {
    List<String> all =
        new ArrayList<>(List.of("tophash.directory=" + directory, "logging.level.root=off"));
    all.addAll(List.of(properties));
    return new SpringApplicationBuilder(sources.toArray(Class<?>[]::new))
        .web(WebApplicationType.NONE)
        .properties(all.toArray(String[]::new))
        .run();
  }

  @Test
  void whatWasCachedIsThereAfterARestart() {
    try (ConfigurableApplicationContext context = start()) {
      Products products = context.getBean(Products.class);
      assertEquals("product 1", products.find(1).name());
      products.find(1);
      assertNull(products.find(-1));
      assertNull(products.find(-1));
      assertEquals(2, products.calls());
    }
    try (ConfigurableApplicationContext context = start()) {
      Products products = context.getBean(Products.class);
      assertEquals(new Product(1, "product 1"), products.find(1));
      assertNull(products.find(-1));
      assertEquals(0, products.calls(), "a null value is cached, too");
      products.forget();
      products.find(1);
      assertEquals(1, products.calls());
    }
  }

  @Test
  void synchronizedMethodsAreCalledOnceForAllWhoWait() throws Exception {
    try (ConfigurableApplicationContext context = start()) {
      Products products = context.getBean(Products.class);
      CountDownLatch gate = new CountDownLatch(1);
      products.gate(gate);
      List<CompletableFuture<Product>> found = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        CompletableFuture<Product> each = new CompletableFuture<>();
        startThread(
            () -> {
              try {
                each.complete(products.findOnce(7));
              } catch (InterruptedException e) {
                each.completeExceptionally(e);
              }
            });
        found.add(each);
      }
      while (products.calls() == 0) {
        Thread.onSpinWait();
      }
      gate.countDown();
      for (CompletableFuture<Product> each : found) {
        assertEquals(7, each.get().id());
      }
      assertEquals(1, products.calls());
    }
  }

  private static void startThread(Runnable task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
  }

  @Test
  void futuresAndMonosAreCachedByWhatTheyGive() throws Exception {
    try (ConfigurableApplicationContext context = start()) {
      Products products = context.getBean(Products.class);
      for (int i = 0; i < 3; i++) {
        assertEquals("value of a", products.later("a").get());
        assertEquals("value of b", products.mono("b").block());
      }
      assertEquals(2, products.calls());
    }
  }

  @Test
  void propertiesSetHowLongEntriesLive() {
    try (ConfigurableApplicationContext context =
        start("tophash.cache.products.ttl=10m", "tophash.defaults.time-to-idle=5m")) {
      context.getBean(Products.class).find(1);
      TophashSpringCache products = cache(context, "products");
      Duration left = products.getNativeCache().expiresIn(1L).orElseThrow();
      assertTrue(left.compareTo(Duration.ofMinutes(9)) > 0, left::toString);
      assertTrue(left.compareTo(Duration.ofMinutes(10)) <= 0, left::toString);
      TophashSpringCache other = cache(context, "other");
      other.put("key", "value");
      left = other.getNativeCache().expiresIn("key").orElseThrow();
      assertTrue(left.compareTo(Duration.ofMinutes(5)) <= 0, left::toString);
    }
  }

  /** Tags by the first letter of a key. */
  @Configuration(proxyBeanMethods = false)
  static class Tagging {
    @Bean
    TophashCacheCustomizer tags() {
      return (name, builder) -> builder.tags(key -> name + ((String) key).charAt(0));
    }
  }

  @Test
  void propertiesSetTheBoundsAndACustomizerTheRest() {
    try (ConfigurableApplicationContext context =
        start(
            List.of(Application.class, Tagging.class),
            "tophash.cache.words.max-bytes=16MB",
            "tophash.cache.words.durability=power-loss",
            "tophash.cache.words.max-loss=5s",
            "tophash.cache.words.heap-entries=100",
            "tophash.defaults.max-entries=1000")) {
      TophashSpringCache words = cache(context, "words");
      assertEquals(16 << 20, words.getNativeCache().policy().maxBytes());
      assertEquals(Long.MAX_VALUE, words.getNativeCache().policy().maxEntries());
      assertEquals(1000, cache(context, "other").getNativeCache().policy().maxEntries());
      assertEquals(
          Durability.POWER_LOSS.maxLoss(Duration.ofSeconds(5)),
          words.getNativeCache().storeStats().checkpoint().durability());
      words.put("apple", 1);
      words.put("bread", 2);
      words.getNativeCache().invalidateTag("wordsa");
      assertNull(words.get("apple"));
      assertNotNull(words.get("bread"));
      HealthIndicator health = context.getBean("tophashHealthIndicator", HealthIndicator.class);
      Map<?, ?> details = (Map<?, ?>) health.health().getDetails().get("words");
      assertEquals(16L << 20, details.get("maxBytes"));
      assertEquals(Status.UP, health.health().getStatus());
      assertTrue(details.get("durability").toString().startsWith("POWER_LOSS"), details::toString);
      assertTrue(details.containsKey("lastCheckpoint"), details::toString);
      assertEquals(words.getNativeCache().policy().usedBytes(), details.get("usedBytes"));
    }
  }

  private static TophashSpringCache cache(ConfigurableApplicationContext context, String name) {
    Cache cache = context.getBean(CacheManager.class).getCache(name);
    return assertInstanceOf(TophashSpringCache.class, cache);
  }

  @Test
  void metersAreBoundAlsoForCachesThatAreOpenedLater() {
    try (ConfigurableApplicationContext context = start("tophash.cache.products.ttl=1h")) {
      MeterRegistry registry = context.getBean(MeterRegistry.class);
      Products products = context.getBean(Products.class);
      products.find(1);
      products.find(1);
      assertEquals(1, hits(registry, "products"));
      Cache later = cache(context, "later");
      later.put("key", "value");
      later.get("key");
      assertEquals(1, hits(registry, "later"));
    }
  }

  private static double hits(MeterRegistry registry, String cache) {
    return registry
        .get("cache.gets")
        .tag("cache", cache)
        .tag("result", "hit")
        .functionCounter()
        .count();
  }

  @Test
  void theHealthIndicatorTellsTheFilesAndWhatVerifyFound() {
    try (ConfigurableApplicationContext context = start()) {
      context.getBean(Products.class).find(1);
      HealthIndicator health = context.getBean("tophashHealthIndicator", HealthIndicator.class);
      Map<?, ?> details = Map.of();
      while (!details.containsKey("verified")) {
        assertEquals(Status.UP, health.health().getStatus());
        details = (Map<?, ?>) health.health().getDetails().get("products");
      }
      assertEquals(1L, details.get("entries"));
      assertEquals(0L, details.get("findings"));
    }
  }

  @Test
  void anotherKindOfCacheThatIsAskedForIsNotReplaced() {
    try (ConfigurableApplicationContext context = start("spring.cache.type=simple")) {
      assertFalse(context.getBean(CacheManager.class) instanceof TophashCacheManager);
    }
  }

  @Test
  void classesOfOthersAreNotRead() {
    try (TophashCacheManager manager = TophashCacheManager.in(directory, "java.base/*;!*")) {
      Cache cache = manager.getCache("any");
      cache.put("instant", Instant.EPOCH);
      cache.put("product", new Product(1, "one"));
      assertEquals(Instant.EPOCH, cache.get("instant", Instant.class));
      assertThrows(CacheSerializationException.class, () -> cache.get("product"));
      assertTrue(cache.evictIfPresent("instant"));
      assertFalse(cache.evictIfPresent("instant"));
    }
  }

  @Test
  void aFailedSupplierIsAskedAgain() {
    try (TophashCacheManager manager = TophashCacheManager.temporary()) {
      Cache cache = manager.getCache("any");
      CompletableFuture<String> failed =
          cache.retrieve("key", () -> CompletableFuture.failedFuture(new Exception("no")));
      assertTrue(failed.isCompletedExceptionally());
      assertEquals(
          "yes", cache.retrieve("key", () -> CompletableFuture.completedFuture("yes")).join());
      assertNotNull(cache.retrieve("key"));
      assertNull(cache.retrieve("absent"));
      assertThrows(
          Cache.ValueRetrievalException.class,
          () ->
              cache.get(
                  "other",
                  () -> {
                    throw new Exception("no");
                  }));
      assertTrue(cache.invalidate());
      assertFalse(cache.invalidate());
    }
  }

  @Test
  void aDirectoryThatCannotBeMadeIsRefused() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");
    assertThrows(StoreException.class, () -> TophashCacheManager.in(file.resolve("below"), "!*"));
  }
}
