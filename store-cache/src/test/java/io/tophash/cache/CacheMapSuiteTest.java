package io.tophash.cache;

import com.google.common.collect.testing.ConcurrentMapTestSuiteBuilder;
import com.google.common.collect.testing.TestStringMapGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import com.google.common.collect.testing.features.MapFeature;
import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.JUnit3Suites;
import io.tophash.core.testing.RecentStores;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Guava's suite for concurrent maps over {@link TophashCache#asMap}. */
@Tag("contract")
@Tag("full")
class CacheMapSuiteTest {
  private final RecentStores opened = new RecentStores();

  @AfterEach
  void closeAll() {
    opened.closeAll();
  }

  @TestFactory
  DynamicNode theMapBehavesAsAConcurrentMap() {
    TestStringMapGenerator generator =
        new TestStringMapGenerator() {
          @Override
          protected Map<String, String> create(Map.Entry<String, String>[] entries) {
            TophashCache<String, String> cache =
                TophashCache.builder(Codecs.utf8(), Codecs.utf8()).openTemporary();
            opened.add(cache);
            for (Map.Entry<String, String> entry : entries) {
              cache.put(entry.getKey(), entry.getValue());
            }
            return cache.asMap();
          }
        };
    return JUnit3Suites.toDynamic(
        ConcurrentMapTestSuiteBuilder.using(generator)
            .named("asMap")
            .withFeatures(
                CollectionSize.ANY,
                MapFeature.GENERAL_PURPOSE,
                CollectionFeature.SUPPORTS_ITERATOR_REMOVE)
            .createTestSuite());
  }
}
