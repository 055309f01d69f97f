package io.tophash.bench.store;

import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.h2.mvstore.type.LongDataType;
import org.mapdb.Serializer;

/**
 * How the stores that are a {@link ConcurrentMap} are made for Go's benchmarks. Chronicle Map is
 * one, but must be made for a number of entries, and some of these benchmarks put new keys all
 * along.
 */
final class GoMapMakers {
  private static final long ENTRIES = 1_000_000;

  private GoMapMakers() {}

  static GoMap chm() {
    return new ConcurrentGoMap((directory, closer) -> new ConcurrentHashMap<>());
  }

  static GoMap caffeine() {
    return new ConcurrentGoMap(
        (directory, closer) -> Caffeine.newBuilder().<Long, Long>build().asMap());
  }

  static GoMap mapDb() {
    return new ConcurrentGoMap(GoMapMakers::mapDb);
  }

  private static ConcurrentMap<Long, Long> mapDb(Path directory, Consumer<Runnable> closer) {
    MapDbFile<Long, Long> file =
        new MapDbFile<>(directory, Serializer.LONG, Serializer.LONG, ENTRIES, true);
    closer.accept(file::close);
    return file.map;
  }

  static GoMap mvStore() {
    return new ConcurrentGoMap(GoMapMakers::mvStore);
  }

  private static ConcurrentMap<Long, Long> mvStore(Path directory, Consumer<Runnable> closer) {
    MvFile<Long, Long> file = new MvFile<>(directory, LongDataType.INSTANCE, LongDataType.INSTANCE);
    closer.accept(file::close);
    return file.map;
  }
}
