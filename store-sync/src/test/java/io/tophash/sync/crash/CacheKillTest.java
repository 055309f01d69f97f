package io.tophash.sync.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.crash.CrashHook;
import io.tophash.core.crash.InMemoryDirectory;
import io.tophash.core.crash.StoreLog;
import io.tophash.sync.CacheStore;
import io.tophash.sync.attach.CacheSettings;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.ShardLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that uses a cache at its bound is killed before each of its stores. Whoever opens what
 * it left must find the bounds kept, no older value of any key, no value that was removed, and a
 * file of which all blocks are accounted for: docs/recovery.md, "Caches".
 */
@Tag("hook")
@Tag("crash")
@Tag("full")
class CacheKillTest {
  private static final boolean LONG = Boolean.getBoolean("tophash.long");
  private static final int FIRST_VISITS = LONG ? 20 : 1;
  private static final int LATER_VISITS = LONG ? 50 : 400;
  private static final long BOUND = 2 << 20;

  @TempDir(factory = InMemoryDirectory.class)
  Path directory;

  private final AtomicLong now = new AtomicLong(1_000_000);
  private final Map<Integer, byte[]> last = new HashMap<>();
  private final Random random = new Random(3);
  private CacheStore<Integer, byte[]> cache;
  private Tracer tracer;
  // The operation under way: its key, and what it will leave; null for nothing.
  private int pendingKey = -1;
  private byte[] pending;

  private CacheStore<Integer, byte[]> open(Path path, long bytes, long entries) {
    var builder = CacheStore.builder(Codecs.int32(), Codecs.bytes()).clock(now::get);
    if (bytes > 0) {
      builder.maxBytes(bytes);
    }
    return (entries > 0 ? builder.maxEntries(entries) : builder).open(path);
  }

  @Test
  void atTheBoundInBytes() throws IOException {
    run(BOUND, 0, 600, 12_000);
  }

  @Test
  void atTheBoundInEntries() throws IOException {
    run(0, 60, 200, 5_000);
  }

  @Test
  void whileTheBoundsChange() throws IOException {
    Path path = directory.toRealPath().resolve("cache.tph");
    cache = open(path, 2 * BOUND, 600);
    tracer = new Tracer(path);
    try {
      for (int i = 0; i < 1_500; i++) {
        put(random.nextInt(900), size(12_000), CacheLayout.NEVER);
      }
      for (long[] bounds :
          new long[][] {{BOUND, 600}, {BOUND, 200}, {3 * BOUND, 700}, {2 * BOUND, 300}}) {
        tracer.log.settle();
        CrashHook.trace(tracer);
        cache.resize(bounds[0], bounds[1]);
        CrashHook.trace(null);
        assertNull(tracer.failure);
        for (int i = 0; i < 800; i++) {
          put(random.nextInt(900), size(12_000), CacheLayout.NEVER);
          assertTrue(cache.usedBytes() <= bounds[0] && cache.store().sizeLong() <= bounds[1]);
        }
      }
      assertTrue(tracer.checks > 60, "checks=" + tracer.checks);
    } finally {
      CrashHook.trace(null);
      tracer.log.close();
      cache.close();
    }
  }

  /** Says what is wrong with the shares of the one shard beside what the header has. */
  private static String checkShares(byte[] image) {
    ByteBuffer file = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    int shard = RegionLayout.shard(0);
    long bytes = CacheSettings.forShards(file.getLong(CacheLayout.MAX_BYTES), 1);
    long entries = file.getLong(CacheLayout.MAX_ENTRIES);
    return file.getLong(shard + ShardLayout.MAX_BYTES) > bytes
            || file.getLong(shard + ShardLayout.MAX_ENTRIES) > entries
        ? "the share is more than the bound"
        : file.getLong(shard + ShardLayout.USED_BYTES) > file.getLong(shard + ShardLayout.MAX_BYTES)
            ? "more in use than the share"
            : null;
  }

  private void run(long bytes, long entries, int keys, int largest) throws IOException {
    Path path = directory.toRealPath().resolve("cache.tph");
    cache = open(path, bytes, entries);
    tracer = new Tracer(path);
    try {
      for (int i = 0; i < 4 * keys; i++) {
        put(random.nextInt(keys), size(largest), CacheLayout.NEVER);
      }
      assertTrue(cache.evictedCount() > 0, "the bound is reached");
      for (int i = 0; i < 120; i++) {
        traced(i, keys, largest);
        assertNull(tracer.failure);
      }
      assertTrue(tracer.checks > 60, "checks=" + tracer.checks);
    } finally {
      CrashHook.trace(null);
      tracer.log.close();
      cache.close();
    }
  }

  private int size(int largest) {
    return random.nextInt(4) == 0 ? random.nextInt(largest) : 3_000;
  }

  private void traced(int i, int keys, int largest) {
    tracer.log.settle();
    CrashHook.trace(tracer);
    try {
      int key = random.nextInt(keys);
      switch (i % 8) {
        case 0:
          pendingKey = key;
          pending = null;
          cache.store().delete(key);
          last.remove(key);
          break;
        case 1:
          cache.store().get(key);
          break;
        case 2:
          byte[] seen = last.get(key);
          if (seen != null && cache.store().containsKey(key)) {
            byte[] moved = with(seen, now.get() + 5);
            pendingKey = key;
            pending = moved;
            if (cache.expire(key, seen, now.get() + 5)) {
              last.put(key, moved);
            }
          }
          break;
        case 3:
          now.addAndGet(10);
          cache.sweep(0);
          break;
        case 4:
          put(key, (int) BOUND, CacheLayout.NEVER);
          break;
        default:
          put(key, size(largest), i % 3 == 0 ? now.get() + 5 : CacheLayout.NEVER);
      }
    } finally {
      pendingKey = -1;
      CrashHook.trace(null);
    }
  }

  private static byte[] with(byte[] value, long expires) {
    byte[] copy = value.clone();
    ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).putLong(0, expires);
    return copy;
  }

  private void put(int key, int bytes, long expires) {
    byte[] value = new byte[8 + bytes];
    random.nextBytes(value);
    value = with(value, expires);
    pendingKey = key;
    pending = value;
    cache.store().set(key, value);
    last.put(key, value);
    pendingKey = -1;
  }

  /** Opens what a kill has left; says what is wrong with it. */
  private String check(byte[] image) {
    String wrongShares = checkShares(image);
    if (wrongShares != null) {
      return wrongShares;
    }
    Path copy = directory.resolve("copy.tph");
    try {
      Files.deleteIfExists(directory.resolve("copy.tph.lock"));
      Files.write(copy, image);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (CacheStore<Integer, byte[]> found = open(copy, 0, 0)) {
      long size = found.store().sizeLong();
      if (size > found.maxEntries() || found.usedBytes() > found.maxBytes()) {
        return "a bound is exceeded: " + size + " entries, " + found.usedBytes() + " bytes";
      }
      long[] count = new long[1];
      String[] wrong = new String[1];
      found
          .store()
          .forEach(
              (key, value) -> {
                count[0]++;
                boolean isLast = Arrays.equals(value, last.get(key));
                boolean isPending = key == pendingKey && Arrays.equals(value, pending);
                if (!isLast && !isPending) {
                  wrong[0] = "an older value of key " + key;
                }
              });
      if (wrong[0] != null) {
        return wrong[0];
      }
      if (count[0] != size) {
        return "count=" + size + " entries=" + count[0];
      }
      if (!found.store().verify().isClean()) {
        return found.store().verify().toString();
      }
      // All that the shard has is what its directory leads to: else a block is lost for good.
      long used = found.store().stats().usedBytes();
      if (used > found.usedBytes() + EXTENTS_ROUND) {
        return "used=" + used + " counted=" + found.usedBytes();
      }
      for (int i = 0; i < 30; i++) {
        found.store().put(10_000 + i, new byte[3_000]);
      }
      return found.store().sizeLong() <= found.maxEntries() ? null : "more than the bound";
    }
  }

  // What the file has in use besides the blocks of shards: the first extent, headers of extents.
  private static final long EXTENTS_ROUND = 300 << 10;

  private final class Tracer implements CrashHook.Tracer {
    private final StoreLog log;
    private final Map<Integer, Integer> visits = new HashMap<>();
    private boolean wasAtomic;
    private int checks;
    private String failure;

    Tracer(Path path) {
      log = new StoreLog(path, StoreLog.Order.REAL);
    }

    @Override
    public void reached(String point) {
      if (KillSimulation.followsSystemCall(point)) {
        log.settle();
      }
    }

    @Override
    public void storing(long position, int length, boolean release) {
      visit();
      if (wasAtomic) {
        log.fence();
      }
      wasAtomic = KillSimulation.isAtomic();
      log.storing(position, length, release);
    }

    @Override
    public void fence() {
      log.fence();
    }

    private void visit() {
      int place =
          StackWalker.getInstance()
              .walk(frames -> frames.limit(9).map(Object::toString).toList().hashCode());
      int visit = visits.merge(place, 1, Integer::sum);
      if (failure != null || visit > FIRST_VISITS && visit % LATER_VISITS != 0) {
        return;
      }
      CrashHook.trace(null);
      try {
        checks++;
        failure = check(log.image());
        if (failure == null) {
          failure = check(log.image(random));
          failure = failure == null ? null : "with stores moved: " + failure;
        }
        if (failure != null) {
          failure +=
              " before "
                  + StackWalker.getInstance()
                      .walk(frames -> frames.skip(2).limit(10).map(Object::toString).toList());
        }
      } finally {
        CrashHook.trace(this);
      }
    }
  }

  @Test
  void aCheckFindsAnOlderValue() {
    // The check itself must not be blind.
    Path path = directory.resolve("blind.tph");
    cache = open(path, 0, 10);
    byte[] image;
    try (StoreLog log = new StoreLog(path, StoreLog.Order.REAL)) {
      put(1, 10, CacheLayout.NEVER);
      log.settle();
      image = log.image();
      assertNull(check(image));
      put(1, 10, CacheLayout.NEVER);
      assertEquals("an older value of key 1", check(image));
    } finally {
      cache.close();
    }
  }
}
