package io.tophash.sync;

import com.google.common.collect.testing.ConcurrentMapTestSuiteBuilder;
import com.google.common.collect.testing.SampleElements;
import com.google.common.collect.testing.TestMapGenerator;
import com.google.common.collect.testing.TestStringMapGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import com.google.common.collect.testing.features.MapFeature;
import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.JUnit3Suites;
import io.tophash.core.testing.RecentStores;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Guava's suites for concurrent maps. */
@Tag("fast")
@Tag("contract")
@Tag("full")
class ConcurrentMapSuiteTest {
  private final RecentStores opened = new RecentStores();

  @AfterEach
  void closeAll() {
    opened.closeAll();
  }

  @TestFactory
  DynamicNode storeOfStringsBehavesAsAConcurrentMap() {
    return suite("strings", strings());
  }

  @TestFactory
  DynamicNode primitiveStoreBehavesAsAConcurrentMap() {
    return suite("LongSyncStore.asMap", new LongMaps());
  }

  private TestStringMapGenerator strings() {
    return new TestStringMapGenerator() {
      @Override
      protected Map<String, String> create(Map.Entry<String, String>[] entries) {
        SyncStore<String, String> store = OneShard.open(Codecs.utf8(), Codecs.utf8());
        opened.add(store);
        for (Map.Entry<String, String> entry : entries) {
          store.put(entry.getKey(), entry.getValue());
        }
        return store;
      }
    };
  }

  private static <K, V> DynamicNode suite(String name, TestMapGenerator<K, V> generator) {
    return JUnit3Suites.toDynamic(
        ConcurrentMapTestSuiteBuilder.using(generator)
            .named(name)
            .withFeatures(
                MapFeature.GENERAL_PURPOSE,
                MapFeature.ALLOWS_NULL_ENTRY_QUERIES,
                CollectionFeature.SUPPORTS_ITERATOR_REMOVE,
                CollectionSize.ANY)
            .createTestSuite());
  }

  private final class LongMaps implements TestMapGenerator<Long, Long> {
    @Override
    public Long[] createKeyArray(int length) {
      return new Long[length];
    }

    @Override
    public Long[] createValueArray(int length) {
      return new Long[length];
    }

    @Override
    public SampleElements<Map.Entry<Long, Long>> samples() {
      return new SampleElements<>(
          Map.entry(1L, 10L),
          Map.entry(0L, 20L),
          Map.entry(-3L, 0L),
          Map.entry(Long.MAX_VALUE, -40L),
          Map.entry(Long.MIN_VALUE, 50L));
    }

    @Override
    public Map<Long, Long> create(Object... entries) {
      LongSyncStore store = OneShard.longs(0);
      opened.add(store);
      for (Object element : entries) {
        Map.Entry<?, ?> entry = (Map.Entry<?, ?>) element;
        store.put((Long) entry.getKey(), (Long) entry.getValue());
      }
      return store.asMap();
    }

    @Override
    @SuppressWarnings("unchecked")
    public Map.Entry<Long, Long>[] createArray(int length) {
      return (Map.Entry<Long, Long>[]) new Map.Entry<?, ?>[length];
    }

    @Override
    public Iterable<Map.Entry<Long, Long>> order(List<Map.Entry<Long, Long>> insertionOrder) {
      return insertionOrder;
    }
  }
}
