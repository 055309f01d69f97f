package io.tophash.infinispan;

import io.reactivex.rxjava3.core.Flowable;
import io.tophash.sync.SyncStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.infinispan.commons.configuration.ConfiguredBy;
import org.infinispan.commons.io.ByteBuffer;
import org.infinispan.commons.time.TimeService;
import org.infinispan.commons.util.IntSet;
import org.infinispan.marshall.persistence.PersistenceMarshaller;
import org.infinispan.persistence.PersistenceUtil;
import org.infinispan.persistence.spi.InitializationContext;
import org.infinispan.persistence.spi.MarshallableEntry;
import org.infinispan.persistence.spi.MarshallableEntryFactory;
import org.infinispan.persistence.spi.NonBlockingStore;
import org.infinispan.persistence.spi.PersistenceException;
import org.infinispan.util.concurrent.BlockingManager;
import org.reactivestreams.Publisher;

/**
 * A cache store of Infinispan in files of Tophash. Added to a cache with {@link
 * TophashStoreConfigurationBuilder}, or with {@code <tophash-store/>} in its XML.
 *
 * <p>What is stored when a stage completes is in the file: a node that is killed has it when it
 * starts again. Entries that have expired are not returned, and are removed by Infinispan's
 * expiration reaper. Every access runs on Infinispan's blocking threads, since it may read from a
 * device.
 *
 * <p>A failure completes the stage with an exception: {@link PersistenceException} where an entry
 * cannot be marshalled, an {@link io.tophash.core.errors.StoreException} for trouble with a file (a
 * full disk, a damaged record); the entry is then as it was.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
@ConfiguredBy(TophashStoreConfiguration.class)
public final class TophashStore<K, V> implements NonBlockingStore<K, V> {
  private boolean segmented;
  private SegmentFiles files;
  private BlockingManager blocking;
  private TimeService time;
  private PersistenceMarshaller marshaller;
  private MarshallableEntryFactory<K, V> entries;

  /** Called by Infinispan. */
  public TophashStore() {}

  @Override
  public Set<Characteristic> characteristics() {
    return EnumSet.of(
        Characteristic.BULK_READ, Characteristic.EXPIRATION, Characteristic.SEGMENTABLE);
  }

  @Override
  public CompletionStage<Void> start(InitializationContext context) {
    TophashStoreConfiguration configuration = context.getConfiguration();
    blocking = context.getBlockingManager();
    time = context.getTimeService();
    marshaller = context.getPersistenceMarshaller();
    entries = context.getMarshallableEntryFactory();
    segmented = configuration.segmented();
    int segments =
        segmented
            ? context.getCache().getCacheConfiguration().clustering().hash().numSegments()
            : 1;
    if (segments > StoredEntry.MAX_SEGMENTS) {
      throw new PersistenceException(
          "a Tophash store tells at most "
              + (StoredEntry.MAX_SEGMENTS + " segments apart: segments=" + segments));
    }
    Path directory =
        PersistenceUtil.getQualifiedLocation(
            context.getGlobalConfiguration(),
            configuration.path(),
            context.getCache().getName(),
            "");
    return run(() -> files = SegmentFiles.open(directory, segments, configuration.files()));
  }

  @Override
  public CompletionStage<Void> stop() {
    return run(
        () -> {
          if (files != null) {
            files.close();
          }
        });
  }

  @Override
  public CompletionStage<Void> destroy() {
    return run(
        () -> {
          if (files != null) {
            files.close();
            files.delete();
          }
        });
  }

  @Override
  public CompletionStage<MarshallableEntry<K, V>> load(int segment, Object key) {
    return supply(
        () -> {
          byte[] stored = find(segment, key);
          return stored == null ? null : StoredEntry.entry(entries, key, stored);
        });
  }

  @Override
  public CompletionStage<Boolean> containsKey(int segment, Object key) {
    return supply(() -> find(segment, key) != null);
  }

  /** The stored value of a key, or null if there is none or it has expired. */
  private byte[] find(int segment, Object key) {
    SyncStore<byte[], byte[]> store = files.toRead(fileOf(segment));
    byte[] stored = store == null ? null : store.get(storedKey(segment, marshalled(key)));
    return stored == null || StoredEntry.isExpired(stored, time.wallClockTime()) ? null : stored;
  }

  @Override
  public CompletionStage<Void> write(
      int segment, MarshallableEntry<? extends K, ? extends V> entry) {
    return run(() -> set(segment, entry));
  }

  private void set(int segment, MarshallableEntry<? extends K, ? extends V> entry) {
    files
        .toWrite(fileOf(segment))
        .set(storedKey(segment, entry.getKeyBytes()), StoredEntry.value(entry));
  }

  @Override
  public CompletionStage<Boolean> delete(int segment, Object key) {
    return supply(() -> remove(segment, key));
  }

  private boolean remove(int segment, Object key) {
    SyncStore<byte[], byte[]> store = files.toRead(fileOf(segment));
    return store != null && store.delete(storedKey(segment, marshalled(key)));
  }

  @Override
  public CompletionStage<Void> batch(
      int publishers,
      Publisher<SegmentedPublisher<Object>> removals,
      Publisher<SegmentedPublisher<MarshallableEntry<K, V>>> writes) {
    // All publishers must be subscribed to at once: they are groups of one stream.
    Flowable<Runnable> changes =
        Flowable.merge(
            Flowable.fromPublisher(removals)
                .flatMap(
                    group ->
                        Flowable.fromPublisher(group)
                            .map(key -> (Runnable) () -> remove(group.getSegment(), key)),
                    publishers),
            Flowable.fromPublisher(writes)
                .flatMap(
                    group ->
                        Flowable.fromPublisher(group)
                            .map(entry -> (Runnable) () -> set(group.getSegment(), entry)),
                    publishers));
    return blocking.subscribeBlockingConsumer(changes, Runnable::run, "tophash-batch");
  }

  @Override
  public CompletionStage<Void> addSegments(IntSet segments) {
    return run(() -> {}); // A file is made when it is written to.
  }

  @Override
  public CompletionStage<Void> removeSegments(IntSet segments) {
    return run(() -> filesOf(segments).forEach(file -> removeSegments(file, segments::contains)));
  }

  private void removeSegments(int file, IntPredicate removed) {
    SyncStore<byte[], byte[]> store = files.toRead(file);
    if (store == null) {
      return;
    }
    if (files.coversFile(file, removed)) {
      store.clear();
    } else {
      store.keySet().removeIf(key -> removed.test(StoredEntry.segment(key)));
    }
    store.compact();
  }

  @Override
  public CompletionStage<Void> clear() {
    return run(() -> files.all().forEach(SyncStore::clear));
  }

  @Override
  public CompletionStage<Long> size(IntSet segments) {
    return supply(() -> walk(segments).count().blockingGet());
  }

  /**
   * {@inheritDoc} Counts entries that have expired, too, and takes it that the segments of a file
   * have as many entries each; does not walk.
   */
  @Override
  public CompletionStage<Long> approximateSize(IntSet segments) {
    return supply(() -> filesOf(segments).mapToLong(file -> estimate(file, segments)).sum());
  }

  /** The share of a file's entries that its wanted segments have if all have as many. */
  private long estimate(int file, IntSet segments) {
    SyncStore<byte[], byte[]> store = files.toRead(file);
    if (store == null) {
      return 0;
    }
    long entries = store.sizeLong();
    if (!segmented) {
      return entries;
    }
    int[] all = files.segmentsOf(file).toArray();
    // Rounded so that the shares of all segments add up to the whole.
    return IntStream.range(0, all.length)
        .filter(i -> segments.contains(all[i]))
        .mapToLong(i -> entries * (i + 1) / all.length - entries * i / all.length)
        .sum();
  }

  @Override
  public Publisher<MarshallableEntry<K, V>> publishEntries(
      IntSet segments, Predicate<? super K> filter, boolean includeValues) {
    return blocking.blockingPublisher(
        Flowable.defer(
            () -> walk(segments).map(this::entry).filter(e -> accepts(filter, e.getKey()))));
  }

  private static <K> boolean accepts(Predicate<? super K> filter, K key) {
    return filter == null || filter.test(key);
  }

  /** The entries of some segments that have not expired, as they are stored. */
  private Flowable<Map.Entry<byte[], byte[]>> walk(IntSet segments) {
    long nowMs = time.wallClockTime();
    return Flowable.fromStream(filesOf(segments).mapToObj(files::toRead).filter(s -> s != null))
        .concatMap(store -> Flowable.fromIterable(store.entrySet()))
        .filter(entry -> !segmented || segments.contains(StoredEntry.segment(entry.getKey())))
        .filter(entry -> !StoredEntry.isExpired(entry.getValue(), nowMs));
  }

  @Override
  public Publisher<MarshallableEntry<K, V>> purgeExpired() {
    return blocking.blockingPublisher(
        Flowable.defer(
            () -> {
              long nowMs = time.wallClockTime();
              return Flowable.fromStream(files.all())
                  .concatMap(
                      store ->
                          Flowable.fromIterable(store.entrySet())
                              .filter(entry -> StoredEntry.isExpired(entry.getValue(), nowMs))
                              // Not one that was written again in the meantime.
                              .filter(entry -> store.remove(entry.getKey(), entry.getValue()))
                              .map(this::entry));
            }));
  }

  private IntStream filesOf(IntSet segments) {
    return segmented ? segments.intStream().map(files::fileOf).distinct() : IntStream.of(0);
  }

  /** Where Infinispan does not segment, it gives no segment that has a meaning. */
  private int fileOf(int segment) {
    return segmented ? files.fileOf(segment) : 0;
  }

  private byte[] storedKey(int segment, ByteBuffer key) {
    return StoredEntry.key(segmented ? segment : 0, key);
  }

  private ByteBuffer marshalled(Object key) {
    try {
      return marshaller.objectToBuffer(key);
    } catch (IOException e) {
      throw new PersistenceException("cannot marshal a key: class=" + key.getClass().getName(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PersistenceException("interrupted while a key was marshalled", e);
    }
  }

  private MarshallableEntry<K, V> entry(Map.Entry<byte[], byte[]> stored) {
    byte[] key = stored.getKey();
    int offset = StoredEntry.SEGMENT_BYTES;
    try {
      Object object = marshaller.objectFromByteBuffer(key, offset, key.length - offset);
      return StoredEntry.entry(entries, object, stored.getValue());
    } catch (IOException | ClassNotFoundException e) {
      throw new PersistenceException(
          "cannot read a stored key; its class or its marshaller has changed: segment="
              + StoredEntry.segment(key),
          e);
    }
  }

  private CompletionStage<Void> run(Runnable action) {
    return blocking.runBlocking(action, "tophash");
  }

  private <T> CompletionStage<T> supply(Supplier<T> action) {
    return blocking.supplyBlocking(action, "tophash");
  }
}
