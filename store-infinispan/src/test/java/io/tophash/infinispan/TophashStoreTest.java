package io.tophash.infinispan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import org.infinispan.Cache;
import org.infinispan.commons.CacheConfigurationException;
import org.infinispan.commons.CacheException;
import org.infinispan.commons.dataconversion.MediaType;
import org.infinispan.commons.util.IntSets;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.configuration.global.GlobalConfigurationBuilder;
import org.infinispan.configuration.parsing.ConfigurationBuilderHolder;
import org.infinispan.configuration.parsing.ParserRegistry;
import org.infinispan.manager.DefaultCacheManager;
import org.infinispan.persistence.support.WaitNonBlockingStore;
import org.infinispan.test.TestingUtil;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What this store adds to the contract: its files, its configuration, and what is refused. */
@Tag("contract")
class TophashStoreTest {
  private static final int SEGMENTS = 16;
  private static final String CACHE = "orders";

  @TempDir private Path directory;

  private Configuration configuration(int segments, int files) {
    ConfigurationBuilder builder = new ConfigurationBuilder();
    builder.clustering().hash().numSegments(segments);
    builder.memory().maxCount(10); // The rest is in the files only.
    builder
        .persistence()
        .addStore(TophashStoreConfigurationBuilder.class)
        .path(directory.toString())
        .files(files);
    return builder.build();
  }

  private DefaultCacheManager node() {
    return new DefaultCacheManager(new GlobalConfigurationBuilder().nonClusteredDefault().build());
  }

  private Cache<String, String> cache(DefaultCacheManager node, int segments, int files) {
    return cache(node, CACHE, segments, files);
  }

  private Cache<String, String> cache(
      DefaultCacheManager node, String name, int segments, int files) {
    node.defineConfiguration(name, configuration(segments, files));
    return node.getCache(name);
  }

  private static void fill(Cache<String, String> cache, int entries) {
    IntStream.range(0, entries).forEach(i -> cache.put("key" + i, "value" + i));
  }

  private Set<String> storeFiles() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve(CACHE))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".tph"))
          .collect(Collectors.toSet());
    }
  }

  @Test
  void whatDoesNotFitTheHeapIsReadFromTheFilesAlsoByTheNextNode() throws IOException {
    try (DefaultCacheManager node = node()) {
      fill(cache(node, SEGMENTS, 4), 500);
    }
    assertEquals(
        Set.of("segments-000.tph", "segments-001.tph", "segments-002.tph", "segments-003.tph"),
        storeFiles());
    try (DefaultCacheManager node = node()) {
      Cache<String, String> cache = cache(node, SEGMENTS, 4);
      assertEquals(500, cache.size());
      IntStream.range(0, 500).forEach(i -> assertEquals("value" + i, cache.get("key" + i)));
      assertEquals("value7", cache.remove("key7"));
      cache.put("key8", "other");
    }
    try (DefaultCacheManager node = node()) {
      Cache<String, String> cache = cache(node, SEGMENTS, 4);
      assertNull(cache.get("key7"));
      assertEquals("other", cache.get("key8"));
    }
  }

  @Test
  void aFileIsMadeWhenOneOfItsSegmentsGetsAnEntry() throws IOException {
    try (DefaultCacheManager node = node()) {
      Cache<String, String> cache = cache(node, SEGMENTS, SEGMENTS);
      assertEquals(Set.of(), storeFiles());
      cache.put("key", "value");
      assertEquals(1, storeFiles().size());
    }
  }

  @Test
  void aSegmentThatIsRemovedTakesNoEntryOfOthersWithIt() throws IOException {
    for (int files : new int[] {1, 4, 5, SEGMENTS}) {
      try (DefaultCacheManager node = node()) {
        Cache<String, String> cache = cache(node, CACHE + files, SEGMENTS, files);
        fill(cache, 400);
        WaitNonBlockingStore<String, String> store = TestingUtil.getFirstStoreWait(cache);
        long[] sizes =
            IntStream.range(0, SEGMENTS)
                .mapToLong(segment -> store.sizeWait(IntSets.immutableSet(segment)))
                .toArray();
        store.removeSegments(IntSets.from(Set.of(3, 9))).toCompletableFuture().join();
        for (int segment = 0; segment < SEGMENTS; segment++) {
          long expected = segment == 3 || segment == 9 ? 0 : sizes[segment];
          assertEquals(expected, store.sizeWait(IntSets.immutableSet(segment)), "files=" + files);
        }
      }
    }
  }

  @Test
  void aCacheThatIsRemovedHasNoEntryWhenItIsMadeAgain() throws IOException {
    try (DefaultCacheManager node = node()) {
      fill(cache(node, SEGMENTS, 4), 100);
      node.administration().removeCache(CACHE);
      assertEquals(0, cache(node, SEGMENTS, 4).size());
    }
  }

  @Test
  void aStoreThatIsNotSegmentedHasOneFile() throws IOException {
    ConfigurationBuilder builder = new ConfigurationBuilder();
    builder.memory().maxCount(10);
    builder
        .persistence()
        .addStore(TophashStoreConfigurationBuilder.class)
        .path(directory.toString())
        .segmented(false);
    try (DefaultCacheManager node = node()) {
      node.defineConfiguration(CACHE, builder.build());
      Cache<String, String> cache = node.getCache(CACHE);
      fill(cache, 300);
      assertEquals(300, cache.size());
      assertEquals("value250", cache.get("key250"));
      assertEquals(300, cache.keySet().stream().count());
    }
    assertEquals(Set.of("segments-000.tph"), storeFiles());
  }

  @Test
  void anEntryThatExpiresWhileTheNodeIsDownIsNotThereAfterwards() throws Exception {
    try (DefaultCacheManager node = node()) {
      Cache<String, String> cache = cache(node, SEGMENTS, 4);
      cache.put("short", "value", 1, TimeUnit.MILLISECONDS);
      cache.put("long", "value", 1, TimeUnit.HOURS);
    }
    try (DefaultCacheManager node = node()) {
      Cache<String, String> cache = cache(node, SEGMENTS, 4);
      assertNull(cache.get("short"));
      assertEquals("value", cache.get("long"));
      cache.getAdvancedCache().getExpirationManager().processExpiration();
      WaitNonBlockingStore<String, String> store = TestingUtil.getFirstStoreWait(cache);
      assertEquals(1, store.approximateSizeWait(IntSets.immutableRangeSet(SEGMENTS)));
    }
  }

  @Test
  void aSecondNodeOnTheDirectoryIsRefusedAndTheFirstGoesOn() throws IOException {
    try (DefaultCacheManager node = node();
        DefaultCacheManager second = node()) {
      Cache<String, String> cache = cache(node, SEGMENTS, 4);
      cache.put("key", "value");
      assertFails("another node uses this directory", () -> cache(second, SEGMENTS, 4));
      assertEquals("value", cache.get("key"));
    }
  }

  @Test
  void anotherNumberOfSegmentsOrFilesIsRefusedAndNothingIsLost() throws IOException {
    try (DefaultCacheManager node = node()) {
      fill(cache(node, SEGMENTS, 4), 100);
    }
    for (int[] other : new int[][] {{SEGMENTS * 2, 4}, {SEGMENTS, 5}}) {
      try (DefaultCacheManager node = node()) {
        assertFails("another number of segments or files", () -> cache(node, other[0], other[1]));
      }
    }
    try (DefaultCacheManager node = node()) {
      assertEquals(100, cache(node, SEGMENTS, 4).size());
    }
  }

  @Test
  void aDirectoryThatIsAFileIsRefused() throws IOException {
    Files.writeString(directory.resolve(CACHE), "not a directory");
    try (DefaultCacheManager node = node()) {
      assertFails("cannot use the directory", () -> cache(node, SEGMENTS, 4));
    }
  }

  @Test
  void aDamagedFileIsRefusedByItsName() throws IOException {
    try (DefaultCacheManager node = node()) {
      fill(cache(node, SEGMENTS, 1), 100);
    }
    Path file = directory.resolve(CACHE).resolve("segments-000.tph");
    try (RandomAccessFile damaged = new RandomAccessFile(file.toFile(), "rw")) {
      damaged.write(new byte[64]);
    }
    try (DefaultCacheManager node = node()) {
      assertFails("segments-000.tph", () -> cache(node, SEGMENTS, 1));
    }
  }

  @Test
  void lessThanOneFileIsRefused() {
    assertThrows(CacheConfigurationException.class, () -> configuration(SEGMENTS, 0));
  }

  @Test
  void theElementOfTheXmlConfigurationIsReadAndKeepsToItsSchema() throws Exception {
    String element =
        """
        <tophash-store xmlns="urn:tophash:config:store:0.1"
            path="/var/lib/node-1" files="8" preload="true"/>
        """;
    String xml =
        """
        <infinispan xmlns="urn:infinispan:config:15.2">
          <cache-container>
            <local-cache name="orders">
              <persistence>%s</persistence>
            </local-cache>
          </cache-container>
        </infinispan>
        """
            .formatted(element);
    ConfigurationBuilderHolder holder = new ParserRegistry().parse(xml, MediaType.APPLICATION_XML);
    TophashStoreConfiguration read =
        (TophashStoreConfiguration)
            holder.getNamedConfigurationBuilders().get(CACHE).build().persistence().stores().get(0);
    assertEquals("/var/lib/node-1", read.path());
    assertEquals(8, read.files());
    assertTrue(read.preload());

    // Infinispan's own schema is none that the JDK accepts (a default that is not of its type): as
    // much of it as ours refers to.
    String infinispan =
        """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
            targetNamespace="urn:infinispan:config:15.2">
          <xs:complexType name="store" abstract="true">
            <xs:attribute name="preload" type="xs:boolean"/>
          </xs:complexType>
        </xs:schema>
        """;
    SchemaFactory schemas = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI);
    schemas.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
    String ours =
        TophashStoreTest.class
            .getResource("/schema/tophash-infinispan-config-0.1.xsd")
            .toExternalForm();
    schemas
        .newSchema(new StreamSource[] {source(infinispan), new StreamSource(ours)})
        .newValidator()
        .validate(source(element));
  }

  private static StreamSource source(String xml) {
    return new StreamSource(new StringReader(xml));
  }

  private static void assertFails(String message, Runnable start) {
    Throwable thrown = assertThrows(CacheException.class, start::run);
    StringBuilder all = new StringBuilder();
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      all.append(cause).append('\n');
    }
    assertTrue(all.toString().contains(message), all::toString);
  }
}
