package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Lookups of keys around the sizes that are looked up as two numbers: each finds its own value and
 * no other's, by all kinds of lookups, with one value for all codecs.
 */
@Tag("contract")
class ShortKeysTest {
  private static final int LONGEST = 40;

  // Their low bytes are those of ASCII characters, or they are no ASCII; one takes two chars.
  private static final String[] ODD = {"\u00E9", "\u0141", "\u4E41", "\uD83D\uDE00", "\u0080"};

  @TempDir Path dir;

  @Test
  void textsOfAllLengths() {
    List<String> keys = new ArrayList<>();
    for (int length = 0; length <= LONGEST; length++) {
      String text = "ANAN0123456789abcdefghijklmnopqrstuvwxyz!?".substring(0, length);
      keys.add(text);
      for (String odd : ODD) {
        for (int at = 0; at < length; at++) {
          keys.add(text.substring(0, at) + odd + text.substring(at + 1));
        }
      }
    }
    check(Codecs.utf8(), keys, "Z".repeat(12));
  }

  @Test
  void arraysOfAllLengths() {
    Random random = new Random(5);
    List<byte[]> keys = new ArrayList<>();
    for (int length = 1; length <= LONGEST; length++) {
      byte[] key = new byte[length];
      random.nextBytes(key);
      keys.add(key);
      for (int at = 0; at < length; at++) {
        byte[] other = key.clone();
        other[at] ^= (byte) 0x80;
        keys.add(other);
      }
    }
    check(Codecs.bytes(), keys, new byte[12]);
  }

  @Test
  void numbers() {
    List<Integer> ints = new ArrayList<>();
    List<Long> longs = new ArrayList<>();
    List<UUID> uuids = new ArrayList<>();
    Random random = new Random(6);
    for (int i = 0; i < 500; i++) {
      ints.add(i - 250 << i % 24);
      longs.add(i - 250L << i % 56);
      uuids.add(new UUID(random.nextLong(), i));
      uuids.add(new UUID(i, random.nextLong()));
    }
    check(Codecs.int32(), ints, Integer.MIN_VALUE);
    check(Codecs.int64(), longs, Long.MIN_VALUE + 1);
    check(Codecs.uuid(), uuids, new UUID(7, 7));
  }

  /** What a key's codec writes decides, so a model by encoded bytes says what must be found. */
  private <K> void check(Codec<K> codec, List<K> keys, K absent) {
    Map<ByteBuffer, String> model = new HashMap<>();
    Path path = dir.resolve(codec.id() + ".tph");
    try (SyncStore<K, String> store = SyncStore.builder(codec, Codecs.utf8()).open(path)) {
      for (int i = 0; i < keys.size(); i++) {
        // From short to long, so that values have all sizes of a copy.
        String value = i + "v".repeat(i % 300);
        store.set(keys.get(i), value);
        model.put(bytes(codec, keys.get(i)), value);
      }
      // Once with keys in the dirty tables, once with none.
      for (int round = 0; round < 2; round++) {
        for (K key : keys) {
          String value = model.get(bytes(codec, key));
          byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
          assertEquals(value, store.get(key));
          assertEquals(true, store.containsKey(key));
          ByteBuffer target = ByteBuffer.allocate(encoded.length + 3).position(2);
          assertEquals(encoded.length, store.getInto(key, target));
          assertEquals(encoded.length + 2, target.position());
          assertEquals(ByteBuffer.wrap(encoded), target.flip().position(2));
          ByteBuffer direct = ByteBuffer.allocateDirect(encoded.length);
          assertEquals(encoded.length, store.getInto(key, direct));
          assertEquals(ByteBuffer.wrap(encoded), direct.flip());
          assertThrows(
              IllegalArgumentException.class,
              () -> store.getInto(key, ByteBuffer.allocate(encoded.length - 1)));
        }
        assertNull(store.get(absent));
        assertEquals(-1, store.getInto(absent, ByteBuffer.allocate(400)));
        assertThrows(NullPointerException.class, () -> store.get(null));
        assertThrows(ClassCastException.class, () -> store.get(new Object()));
        store.compact();
      }
    }
  }

  private static <K> ByteBuffer bytes(Codec<K> codec, K key) {
    ByteBuffer buffer = ByteBuffer.allocate(codec.size(key));
    buffer.order(ByteOrder.LITTLE_ENDIAN);
    codec.write(key, buffer);
    return buffer.flip();
  }
}
