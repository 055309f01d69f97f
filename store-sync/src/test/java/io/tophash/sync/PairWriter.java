package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.StoreInfo;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.StoreHeader;
import io.tophash.core.hash.KeyHash;
import io.tophash.sync.format.HashBits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Counts pairs of keys up, whose second key always follows the first one. Both keys of a pair are
 * in one shard, and far from each other there.
 */
final class PairWriter {
  private static final String SECOND = "/second/";

  private final SyncStore<String, byte[]> store;
  private final List<String> first = new ArrayList<>();
  private final List<String> second = new ArrayList<>();
  private final long[] counts;

  PairWriter(SyncStore<String, byte[]> store, Path file, String name, int pairs) {
    this.store = store;
    this.counts = new long[pairs];
    StoreHeader header = header(file);
    KeyHash hash = KeyHash.Factory.STANDARD_FACTORY.withSeed(header.storeId);
    for (int i = 0; i < pairs; i++) {
      String key = name + "-" + i;
      int shard = shard(hash, header, key);
      int n = 0;
      while (shard(hash, header, key + SECOND + n) != shard) {
        n++;
      }
      first.add(key);
      second.add(key + SECOND + n);
    }
  }

  private static StoreHeader header(Path file) {
    StoreInfo.read(file);
    try (InputStream in = Files.newInputStream(file)) {
      return StoreHeader.parse(in.readNBytes(HeaderLayout.BYTES), file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static int shard(KeyHash hash, StoreHeader header, String key) {
    byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
    return HashBits.shard(hash.ofBytes(bytes, 0, bytes.length), header.chunkShift);
  }

  /** Counts one pair up. */
  void step(Random random) {
    int i = random.nextInt(counts.length);
    counts[i]++;
    for (String key : List.of(first.get(i), second.get(i))) {
      store.put(key, Described.value(key, counts[i], random.nextInt(30) == 0 ? 6_000 : 40));
    }
    if (random.nextInt(200) == 0) {
      // Segments come and go.
      String filler = "filler-" + random.nextInt(500);
      store.merge(filler, Described.value(filler, 1, 1_000), (a, b) -> null);
    }
  }

  /**
   * Checks the pairs of a backup.
   *
   * @param last the numbers of the backup before; replaced by those of this one
   */
  static void check(SyncStore<String, byte[]> backup, Map<String, Long> last) {
    Map<String, Long> numbers = new HashMap<>();
    backup.forEach((key, value) -> numbers.put(key, Described.check(key, value)));
    numbers.keySet().removeIf(key -> key.startsWith("filler"));
    numbers.forEach(
        (key, number) -> {
          int at = key.indexOf(SECOND);
          if (at >= 0) {
            long of = numbers.getOrDefault(key.substring(0, at), 0L);
            assertTrue(
                of == number || of == number + 1,
                () -> "no state of the shard: first=" + of + " second=" + number + " key=" + key);
          }
        });
    last.forEach(
        (key, number) ->
            assertTrue(
                numbers.getOrDefault(key, 0L) >= number, () -> "an older state, key=" + key));
    last.putAll(numbers);
  }
}
