package io.tophash.jcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import javax.cache.CacheManager;
import javax.cache.Caching;
import javax.cache.spi.CachingProvider;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hibernate's second-level cache in a directory that several session factories share. */
@Tag("contract")
class HibernateTest {
  private static final String FILTER = "org.hibernate.**;io.tophash.**;java.base/*;!*";

  private final CachingProvider provider =
      Caching.getCachingProvider(TophashCachingProvider.class.getName());

  @TempDir private Path directory;
  private SessionFactory first;

  @BeforeEach
  void startFirst() {
    first = sessionFactory(getClass().getClassLoader(), "create");
    first.inTransaction(session -> session.persist(new Book(1L, "Moby-Dick")));
  }

  @AfterEach
  void close() {
    first.close();
    provider.close();
  }

  /** A session factory as another process would make it: with a manager of its own. */
  private SessionFactory sessionFactory(ClassLoader loader, String schema) {
    Properties properties = new Properties();
    properties.setProperty(TophashCacheManager.SERIAL_FILTER, FILTER);
    CacheManager manager =
        provider.getCacheManager(directory.resolve("caches").toUri(), loader, properties);
    Configuration configuration =
        new Configuration()
            .addAnnotatedClass(Book.class)
            .setProperty("hibernate.connection.url", "jdbc:h2:" + directory.resolve("db"))
            .setProperty("hibernate.connection.pool_size", "2")
            .setProperty("hibernate.hbm2ddl.auto", schema)
            .setProperty("hibernate.generate_statistics", "true")
            .setProperty("hibernate.cache.region.factory_class", "jcache")
            .setProperty("hibernate.javax.cache.missing_cache_strategy", "create");
    configuration.getProperties().put("hibernate.javax.cache.cache_manager", manager);
    return configuration.buildSessionFactory();
  }

  private static String titleOf(SessionFactory factory) {
    return factory.fromTransaction(session -> session.find(Book.class, 1L).title());
  }

  private static long queries(SessionFactory factory) {
    return factory.getStatistics().getPrepareStatementCount();
  }

  @Test
  void whatOneHasLoadedTheOtherFindsInTheCache() throws Exception {
    try (URLClassLoader loader = new URLClassLoader(new URL[0], getClass().getClassLoader());
        SessionFactory second = sessionFactory(loader, "none")) {
      assertEquals("Moby-Dick", titleOf(first));
      assertEquals("Moby-Dick", titleOf(second));
      Statistics statistics = second.getStatistics();
      assertEquals(1, statistics.getSecondLevelCacheHitCount());
      assertEquals(0, queries(second));
    }
    assertTrue(Files.exists(directory.resolve("caches").resolve("books.tph")));
  }

  @Test
  void whatOneChangesTheOtherReadsAnew() throws Exception {
    try (URLClassLoader loader = new URLClassLoader(new URL[0], getClass().getClassLoader());
        SessionFactory second = sessionFactory(loader, "none")) {
      titleOf(second);
      titleOf(second);
      first.inTransaction(session -> session.find(Book.class, 1L).rename("The Whale"));
      assertEquals("The Whale", titleOf(second));
    }
  }

  @Test
  void theCacheIsWarmAfterARestart() {
    titleOf(first);
    first.close();
    provider.close();
    first = sessionFactory(getClass().getClassLoader(), "none");
    assertEquals("Moby-Dick", titleOf(first));
    assertEquals(0, queries(first));
  }
}
