package io.tophash.core;

import com.google.common.collect.testing.MapTestSuiteBuilder;
import com.google.common.collect.testing.SampleElements;
import com.google.common.collect.testing.TestMapGenerator;
import com.google.common.collect.testing.TestStringMapGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import com.google.common.collect.testing.features.MapFeature;
import com.google.common.collect.testing.testers.MapToStringTester;
import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.JUnit3Suites;
import io.tophash.core.testing.RecentStores;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Guava's suites for maps. */
@Tag("contract")
@Tag("full")
class MapSuiteTest {
  private final RecentStores opened = new RecentStores();

  @AfterEach
  void closeAll() {
    opened.closeAll();
  }

  @TestFactory
  DynamicNode storeOfStringsBehavesAsAMap() {
    return suite(
        "HashStore",
        new TestStringMapGenerator() {
          @Override
          protected Map<String, String> create(Map.Entry<String, String>[] entries) {
            HashStore<String, String> store =
                HashStore.builder(Codecs.utf8(), Codecs.utf8())
                    .windowBytes(1 << 16)
                    .openTemporary();
            opened.add(store);
            for (Map.Entry<String, String> entry : entries) {
              store.put(entry.getKey(), entry.getValue());
            }
            return store;
          }
        });
  }

  @TestFactory
  DynamicNode primitiveStoreBehavesAsAMap() {
    return suite("LongHashStore.asMap", new LongMaps());
  }

  private static <K, V> DynamicNode suite(String name, TestMapGenerator<K, V> generator) {
    return JUnit3Suites.toDynamic(
        MapTestSuiteBuilder.using(generator)
            .named(name)
            .withFeatures(
                MapFeature.GENERAL_PURPOSE,
                MapFeature.ALLOWS_NULL_ENTRY_QUERIES,
                CollectionFeature.SUPPORTS_ITERATOR_REMOVE,
                CollectionSize.ANY)
            // It expects two walks to have the same order; here each walk begins at random.
            .suppressing(sameOrderTwice())
            .createTestSuite());
  }

  private static Method sameOrderTwice() {
    try {
      return MapToStringTester.class.getMethod("testToString_formatting");
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
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
      LongHashStore store = HashStore.longs().windowBytes(1 << 16).openTemporary();
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
