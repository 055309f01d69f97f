package io.tophash.bench.durability;

import io.tophash.core.codec.Codecs;
import io.tophash.sync.Durability;
import io.tophash.sync.SyncStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import org.lmdbjava.ByteBufferProxy;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.Txn;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/**
 * Random overwrites of values of 100 bytes, each of which is on the device when it returns, by 1, 8
 * and 64 threads, in stores of 10,000 entries: Tophash at level EACH_CHANGE, LMDB with a
 * transaction that syncs for each, RocksDB with a sync of its write-ahead log at each. The stores
 * take turns. Prints medians over the rounds.
 */
public final class EachChangeCosts {
  private static final int ENTRIES = 10_000;
  private static final int VALUE_BYTES = 100;
  private static final int ROUNDS = 5;
  private static final int[] THREADS = {1, 8, 64};
  private static final long LMDB_BYTES = 1L << 30;

  private EachChangeCosts() {}

  /** A store whose changes are durable when they return. */
  private interface Side extends AutoCloseable {
    void put(long key, byte[] value);

    @Override
    void close();
  }

  /**
   * Measures and prints.
   *
   * @param args a directory on the device in question, and the seconds of each round
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory(Path.of(args[0]), "each-");
    double seconds = Double.parseDouble(args[1]);
    List<String> names = List.of("tophash", "lmdb", "rocksdb");
    try (Side tophash = tophash(directory.resolve("each.tph"));
        Side lmdb = lmdb(Files.createDirectory(directory.resolve("lmdb")));
        Side rocks = rocks(Files.createDirectory(directory.resolve("rocks")))) {
      List<Side> sides = List.of(tophash, lmdb, rocks);
      for (int threads : THREADS) {
        double[][] rates = new double[sides.size()][ROUNDS];
        for (int round = -1; round < ROUNDS; round++) {
          for (int side = 0; side < sides.size(); side++) {
            double rate = perSecond(sides.get(side), threads, seconds);
            if (round >= 0) {
              rates[side][round] = rate;
            }
          }
        }
        print(threads, names, rates);
      }
    }
    delete(directory);
  }

  private static void print(int threads, List<String> names, double[][] rates) {
    StringBuilder line = new StringBuilder(threads + " threads:");
    for (int side = 0; side < names.size(); side++) {
      line.append(
          String.format(Locale.ROOT, "  %s %.0f puts/s", names.get(side), median(rates[side])));
    }
    for (int side = 1; side < names.size(); side++) {
      double ratio = median(rates[0]) / median(rates[side]);
      line.append(String.format(Locale.ROOT, "  x%.2f of %s", ratio, names.get(side)));
    }
    System.out.println(line);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static double perSecond(Side side, int threads, double seconds)
      throws InterruptedException {
    LongAdder puts = new LongAdder();
    List<Thread> running = new ArrayList<>();
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    for (int t = 0; t < threads; t++) {
      SplittableRandom random = new SplittableRandom(start + t);
      Thread thread =
          new Thread(
              () -> {
                byte[] value = new byte[VALUE_BYTES];
                long count = 0;
                while (System.nanoTime() < end) {
                  random.nextBytes(value);
                  side.put(random.nextInt(ENTRIES), value);
                  count++;
                }
                puts.add(count);
              });
      running.add(thread);
      thread.start();
    }
    for (Thread thread : running) {
      thread.join();
    }
    return puts.sum() * 1e9 / (System.nanoTime() - start);
  }

  private static Side tophash(Path path) {
    SyncStore<Long, byte[]> store =
        SyncStore.builder(Codecs.int64(), Codecs.bytes())
            .durability(Durability.EACH_CHANGE)
            .open(path);
    return new Side() {
      @Override
      public void put(long key, byte[] value) {
        store.set(key, value);
      }

      @Override
      public void close() {
        store.close();
      }
    };
  }

  private static Side lmdb(Path directory) {
    Env<ByteBuffer> env =
        Env.create(ByteBufferProxy.PROXY_OPTIMAL)
            .setMapSize(LMDB_BYTES)
            .setMaxDbs(1)
            .open(directory.toFile());
    Dbi<ByteBuffer> dbi = env.openDbi("each", DbiFlags.MDB_CREATE);
    ThreadLocal<ByteBuffer> keys = ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(8));
    ThreadLocal<ByteBuffer> values =
        ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(VALUE_BYTES));
    return new Side() {
      @Override
      public void put(long key, byte[] value) {
        try (Txn<ByteBuffer> writer = env.txnWrite()) {
          ByteBuffer bytes = values.get().clear().put(value).flip();
          dbi.put(writer, keys.get().putLong(0, key), bytes);
          writer.commit();
        }
      }

      @Override
      public void close() {
        env.close();
      }
    };
  }

  private static Side rocks(Path directory) {
    try {
      Options options = new Options().setCreateIfMissing(true);
      RocksDB db = RocksDB.open(options, directory.toString());
      WriteOptions synced = new WriteOptions().setSync(true);
      return new Side() {
        @Override
        public void put(long key, byte[] value) {
          try {
            db.put(synced, ByteBuffer.allocate(8).putLong(key).array(), value);
          } catch (RocksDBException e) {
            throw new IllegalStateException(e);
          }
        }

        @Override
        public void close() {
          synced.close();
          db.close();
          options.close();
        }
      };
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void delete(Path directory) throws IOException {
    List<Path> all;
    try (var walk = Files.walk(directory)) {
      all = new ArrayList<>(walk.toList());
    }
    for (int i = all.size(); i-- > 0; ) {
      Files.delete(all.get(i));
    }
  }
}
