package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tophash.core.codec.Codecs;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A value goes into the file from the array of the caller. If somebody changes that array
 * meanwhile, which bytes are stored is anybody's guess; but they are a value, and no damage.
 */
@Tag("race")
@Tag("fast")
class ChangingValueTest {
  private static final int ROUNDS = 3_000;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(ints = {100, 301, 4_000, 20_000})
  void whatIsStoredIsWhole(int bytes) throws InterruptedException {
    byte[] value = new byte[bytes];
    AtomicBoolean ended = new AtomicBoolean();
    Thread changer =
        new Thread(
            () -> {
              for (byte b = 0; !ended.get(); b++) {
                Arrays.fill(value, b);
              }
            });
    try (SyncStore<Integer, byte[]> store =
        SyncStore.builder(Codecs.int32(), Codecs.bytes()).open(directory.resolve("a.tph"))) {
      changer.start();
      try {
        for (int i = 0; i < ROUNDS; i++) {
          store.set(i % 10, value);
          assertEquals(bytes, store.get(i % 10).length);
        }
      } finally {
        ended.set(true);
        changer.join();
      }
      assertEquals(List.of(), store.verify().findings());
    }
  }
}
