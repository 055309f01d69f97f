package io.tophash.jcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Serializable;
import java.net.URI;
import java.nio.file.Path;
import java.util.Properties;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.Caching;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.spi.CachingProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What this provider cannot do, and says so. */
@Tag("contract")
class JCacheRefusalTest {
  private final CachingProvider provider =
      Caching.getCachingProvider(TophashCachingProvider.class.getName());

  @TempDir private Path directory;

  /** A value that has no codec. */
  record Point(int x, int y) implements Serializable {}

  @AfterEach
  void closeManagers() {
    provider.close();
  }

  /** Nobody, not even root, makes a file there. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aDirectoryThatMayNotBeWrittenToIsRefused() {
    CacheManager manager = provider.getCacheManager(URI.create("file:///proc/"), null, null);
    CacheException e =
        assertThrows(
            CacheException.class,
            () -> manager.createCache("orders", new MutableConfiguration<String, String>()));
    assertTrue(e.getMessage().contains("orders"), e::getMessage);
    assertThrows(
        CacheException.class,
        () -> provider.getCacheManager(URI.create("file:///proc/caches/"), null, null));
  }

  @Test
  void aClassThatIsGoneIsAnErrorOfItsEntryAlone() {
    Properties all = new Properties();
    all.setProperty(TophashCacheManager.SERIAL_FILTER, "*");
    MutableConfiguration<String, Object> objects =
        new MutableConfiguration<String, Object>().setTypes(String.class, Object.class);
    CacheManager writer = provider.getCacheManager(directory.toUri(), null, all);
    Cache<String, Object> written = writer.createCache("any", objects);
    written.put("point", new Point(1, 2));
    written.put("text", "value");

    // A program that does not have the class.
    CacheManager reader =
        provider.getCacheManager(directory.toUri(), ClassLoader.getPlatformClassLoader(), all);
    Cache<String, Object> read = reader.createCache("any", objects);
    assertEquals("value", read.get("text"));
    CacheException e = assertThrows(CacheException.class, () -> read.get("point"));
    assertTrue(e.getMessage().contains(Point.class.getName()), e::getMessage);
    assertTrue(read.containsKey("point"));
    assertEquals(new Point(1, 2), written.get("point"));
    assertTrue(read.remove("point"));
  }
}
