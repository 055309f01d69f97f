package io.tophash.bench.hits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.tophash.cache.TophashCache;
import io.tophash.cache.TophashCacheBuilder;
import io.tophash.core.codec.Codecs;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.ehcache.CacheManager;
import org.ehcache.config.builders.CacheConfigurationBuilder;
import org.ehcache.config.builders.CacheManagerBuilder;
import org.ehcache.config.builders.ResourcePoolsBuilder;
import org.ehcache.config.units.EntryUnit;
import org.ehcache.config.units.MemoryUnit;

/** A cache with a bound, as the harness uses it. For one thread. */
interface BoundedCache extends AutoCloseable {
  /** What a cache is bounded by. */
  enum Bound {
    /** The number of entries. */
    ENTRIES,
    /** Their bytes. */
    BYTES
  }

  /** The caches of the harness, in the order of its tables. */
  enum Kind {
    /** This library's. */
    TOPHASH("Tophash") {
      @Override
      BoundedCache open(Bound bound, long most, Path file) {
        TophashCacheBuilder<Integer, byte[]> builder =
            TophashCache.builder(Codecs.int32(), Codecs.bytes());
        TophashCache<Integer, byte[]> cache =
            (bound == Bound.ENTRIES ? builder.maxEntries(most) : builder.maxBytes(most)).open(file);
        return of(cache::getIfPresent, cache::put, cache::close);
      }
    },
    /** Caffeine; its weigher counts what is in keys and values, and nothing for itself. */
    CAFFEINE("Caffeine") {
      @Override
      BoundedCache open(Bound bound, long most, Path file) {
        return caffeine(bound, most, 0);
      }
    },
    /** Caffeine with a weigher that counts the objects of an entry, too. */
    CAFFEINE_OBJECTS("Caffeine, objects counted") {
      @Override
      BoundedCache open(Bound bound, long most, Path file) {
        return bound == Bound.ENTRIES ? null : caffeine(bound, most, OBJECT_BYTES);
      }
    },
    /** Ehcache: on the heap for a number of entries, off the heap for bytes. */
    EHCACHE("Ehcache") {
      @Override
      BoundedCache open(Bound bound, long most, Path file) {
        ResourcePoolsBuilder pools = ResourcePoolsBuilder.newResourcePoolsBuilder();
        CacheManager manager = CacheManagerBuilder.newCacheManagerBuilder().build(true);
        org.ehcache.Cache<Integer, byte[]> cache =
            manager.createCache(
                "cache",
                CacheConfigurationBuilder.newCacheConfigurationBuilder(
                    Integer.class,
                    byte[].class,
                    bound == Bound.ENTRIES
                        ? pools.heap(most, EntryUnit.ENTRIES)
                        : pools.offheap(most, MemoryUnit.B)));
        return of(cache::get, cache::put, manager::close);
      }
    },
    /** The entry goes that was not used for longest: what the others are measured by. */
    LRU("LRU") {
      @Override
      BoundedCache open(Bound bound, long most, Path file) {
        Map<Integer, byte[]> map = new LinkedHashMap<>(16, 0.75f, true);
        return new BoundedCache() {
          private long weight;

          @Override
          public boolean get(Integer key) {
            return map.get(key) != null;
          }

          @Override
          public void put(Integer key, byte[] value) {
            map.put(key, value);
            weight += weight(bound, value);
            var oldest = map.entrySet().iterator();
            while (weight > most) {
              weight -= weight(bound, oldest.next().getValue());
              oldest.remove();
            }
          }

          @Override
          public void close() {}
        };
      }
    };

    /** What the objects of an entry of Caffeine take beside the bytes of key and value. */
    private static final int OBJECT_BYTES = 128;

    private final String title;

    Kind(String title) {
      this.title = title;
    }

    /** What is said of it in a table. */
    String title() {
      return title;
    }

    /**
     * Opens one; null if there is none with such a bound.
     *
     * @param most the bound
     * @param file for a cache that has one
     */
    abstract BoundedCache open(Bound bound, long most, Path file);

    private static long weight(Bound bound, byte[] value) {
      return bound == Bound.ENTRIES ? 1 : Integer.BYTES + value.length;
    }

    private static BoundedCache of(
        Function<Integer, byte[]> get, BiConsumer<Integer, byte[]> put, Runnable close) {
      return new BoundedCache() {
        @Override
        public boolean get(Integer key) {
          return get.apply(key) != null;
        }

        @Override
        public void put(Integer key, byte[] value) {
          put.accept(key, value);
        }

        @Override
        public void close() {
          close.run();
        }
      };
    }

    private static BoundedCache caffeine(Bound bound, long most, int beside) {
      Caffeine<Object, Object> builder = Caffeine.newBuilder().executor(Runnable::run);
      Cache<Integer, byte[]> cache =
          bound == Bound.ENTRIES
              ? builder.maximumSize(most).build()
              : builder
                  .maximumWeight(most)
                  .weigher((Integer key, byte[] value) -> (int) weight(bound, value) + beside)
                  .build();
      return of(cache::getIfPresent, cache::put, () -> {});
    }
  }

  /** True if the key is there. */
  boolean get(Integer key);

  /** Stores an absent key. */
  void put(Integer key, byte[] value);

  @Override
  void close();
}
