package io.tophash.sync;

import io.tophash.core.map.Encoding;
import io.tophash.sync.format.LogEntryLayout;
import io.tophash.sync.log.ChangeReader;
import io.tophash.sync.log.LogChange;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * What all processes change in a store, from a position on. Of each shard, and so of each key, all
 * changes come, in the order in which they were made, each with the value that it has left; between
 * two shards nothing is said of the order. A change comes when it is durable, which may be before
 * the call that made it returns, and before others see it in the store.
 *
 * <p>Nobody waits for who follows, and nothing is stored for him: the store keeps the newest part
 * of its log, {@link SyncStore#keepChanges}. Who stays away for longer is told by a {@link
 * io.tophash.core.errors.MissedChangesException}, and begins again with a snapshot:
 *
 * <pre>{@code
 * try (SyncStore<K, V> then = store.snapshot()) {
 *   position = then.changePosition();
 *   copy(then);                                 // what there is
 * }
 * try (Changes<K, V> changes = store.changes(position)) {
 *   while (isWanted) {
 *     Change<K, V> change = changes.take(Duration.ofSeconds(1));
 *     if (change != null) {
 *       apply(change);                          // what comes
 *       keep(changes.position().toBytes());     // to go on from later
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>For one thread at a time. It holds a file open: {@link #close} it.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
public final class Changes<K, V> implements AutoCloseable {
  private static final long SHORTEST_NANOS = 50_000;
  private static final long LONGEST_NANOS = 5_000_000;

  private final Attachment attachment;
  private final Encoding<K> keys;
  private final Encoding<V> values;
  private final ChangeReader reader;
  private boolean closed;

  Changes(Attachment attachment, Encoding<K> keys, Encoding<V> values, ChangeReader reader) {
    this.attachment = attachment;
    this.keys = keys;
    this.values = values;
    this.reader = reader;
  }

  /**
   * The next change if there is one. Does not wait for changes; reads the log, so it may wait for
   * the device.
   *
   * @return null if there is none yet
   * @throws io.tophash.core.errors.MissedChangesException if what comes next is not kept any more,
   *     was not logged, or belongs to a state that the store has gone back from. All that was
   *     returned before is right, and {@link #position} stays where it was
   * @throws io.tophash.core.errors.StoreException if the log cannot be read
   * @throws IllegalStateException if this or the store is closed
   */
  public Change<K, V> poll() {
    checkOpen();
    LogChange change = reader.poll();
    return change == null ? null : decode(change);
  }

  private void checkOpen() {
    if (closed || attachment.isClosed()) {
      throw new IllegalStateException(
          "the changes, or the store that they are of, are closed, store="
              + attachment.core().path());
    }
  }

  /**
   * The next change; waits for it, looking each 5 ms at least.
   *
   * @return null if there was none in this time
   * @throws InterruptedException if the thread was interrupted before or while it waited
   * @see #poll
   */
  public Change<K, V> take(Duration timeout) throws InterruptedException {
    long start = System.nanoTime();
    long pause = SHORTEST_NANOS;
    while (true) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      Change<K, V> change = poll();
      long left = timeout.minusNanos(System.nanoTime() - start).compareTo(Duration.ZERO);
      if (change != null || left <= 0) {
        return change;
      }
      LockSupport.parkNanos(this, pause);
      pause = Math.min(2 * pause, LONGEST_NANOS);
    }
  }

  private Change<K, V> decode(LogChange change) {
    int shard = change.shard();
    return switch (change.op()) {
      case LogEntryLayout.PUT ->
          new Change<>(
              Change.What.SET, read(keys, change.key()), read(values, change.value()), shard);
      case LogEntryLayout.REMOVE ->
          new Change<>(Change.What.DELETED, read(keys, change.key()), null, shard);
      default -> new Change<>(Change.What.CLEARED, null, null, shard);
    };
  }

  /** What stands in a cell has eight bytes in the log, whatever the codec makes of it. */
  private static <T> T read(Encoding<T> encoding, byte[] bytes) {
    int size = encoding.codec().fixedSize();
    return encoding.read(size < 0 || size >= bytes.length ? bytes : Arrays.copyOf(bytes, size));
  }

  /**
   * Number of the shard of a key, for who has to know which keys a {@link Change.What#CLEARED} is
   * about.
   */
  public int shardOf(K key) {
    checkOpen();
    return attachment.shardOf(keys.bytes(key));
  }

  /**
   * Behind all that was returned so far: whoever goes on from here misses nothing, and gets nothing
   * twice.
   */
  public ChangePosition position() {
    return new ChangePosition(attachment.core().header().storeId, reader.place());
  }

  /** Ends it. A second call does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      reader.close();
    }
  }
}
