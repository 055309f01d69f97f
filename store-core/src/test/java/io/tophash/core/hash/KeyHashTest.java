package io.tophash.core.hash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The hash values that a file depends on, and their quality. */
@Tag("contract")
class KeyHashTest {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final long[] SEEDS = {0, 1, GOLDEN};

  // Made with the reference implementation of XXH3 (xxHash 0.8): length, then a hash for each seed.
  private static final long[][] XXH3 = {
    {0, 0x2D06800538D394C2L, 0x4DC5B0CC826F6703L, 0x602B0E2CD6662C8BL},
    {1, 0xE12EF9D2EB86CEEBL, 0x0E08A51C8536156CL, 0x439A256D3DA4E7E3L},
    {3, 0x5C83885A0FB5D516L, 0x97ACFD5701ABCBADL, 0x8840137A8295D79BL},
    {4, 0x244F36DE481E7522L, 0xEA29946261678ED7L, 0x89AF97F4A1E8D1FCL},
    {8, 0x96CC97A6768FD7A9L, 0x33857BDA8733699EL, 0x7F7986A4AC5342B6L},
    {9, 0x4781D83B8E99D495L, 0x0530727D785782F7L, 0xA9FD0DD2DB7E1FC7L},
    {16, 0x913BD4A8038027A7L, 0x565AF978E0B859BBL, 0xCDF0CBAA77AFE281L},
    {17, 0x2BF6F66973A6179DL, 0x7CF9C82B695C7DDAL, 0x51290E3AB460CF3FL},
    {128, 0xC4399C7829D0628FL, 0xE705A35575ED324CL, 0xB4852AEC21EB5644L},
    {129, 0x8433489056750B32L, 0x298216CE16626944L, 0xEEA48E728C6CA28AL},
    {240, 0x3C0BB96864E543A1L, 0x4AC4835A402C1CBAL, 0xFDBBFB1FA843FE64L},
    {241, 0xBFF7215089202D8FL, 0x4DB569223FFF2747L, 0xDBBC9F7C061B0878L},
    {300, 0x935960848D04785CL, 0x1A53D691941968F4L, 0x0BB3392D9A3C2375L},
  };

  @Test
  void bytesAreHashedAsTheReferenceDoes() {
    for (long[] row : XXH3) {
      int length = (int) row[0];
      byte[] key = new byte[length + 5];
      for (int i = 0; i < key.length; i++) {
        key[i] = (byte) (i * 7 + 1);
      }
      for (int s = 0; s < SEEDS.length; s++) {
        assertEquals(
            row[s + 1],
            new KeyHash(SEEDS[s]).ofBytes(key, length),
            "length=" + length + " seed=" + SEEDS[s]);
      }
    }
  }

  @Test
  void keysOfTwoNumbersAreHashedAsTheirBytes() {
    Random random = new Random(3);
    for (int i = 0; i < 2_000; i++) {
      KeyHash hash = new KeyHash(i < SEEDS.length ? SEEDS[i] : random.nextLong());
      for (int length = KeyHash.SHORTEST; length <= KeyHash.LONGEST; length++) {
        byte[] key = new byte[length];
        random.nextBytes(key);
        assertEquals(hash.ofBytes(key, length), ofNumbers(hash, key), "length=" + length);
      }
    }
  }

  @Test
  void anotherFunctionHashesKeysOfTwoNumbersToo() {
    KeyHash sum =
        new KeyHash(0) {
          @Override
          public long ofBytes(byte[] key, int offset, int length) {
            long sum = length;
            for (int i = 0; i < length; i++) {
              sum = 31 * sum + key[offset + i];
            }
            return sum;
          }
        };
    for (int length = KeyHash.SHORTEST; length <= KeyHash.LONGEST; length++) {
      byte[] key = new byte[length];
      new Random(length).nextBytes(key);
      assertEquals(sum.ofBytes(key, 0, length), ofNumbers(sum, key), "length=" + length);
    }
  }

  private static long ofNumbers(KeyHash hash, byte[] key) {
    ByteBuffer bytes = ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN);
    return key.length > 8
        ? hash.ofShort(bytes.getLong(0), bytes.getLong(key.length - 8), key.length)
        : hash.ofShort(bytes.getInt(0), bytes.getInt(key.length - 4), key.length);
  }

  @Test
  void longsAreHashedByMix13() {
    long[] keys = {0, 1, -1, 0x0123456789ABCDEFL, Long.MIN_VALUE};
    long[][] expected = {
      {0, 0x5692161D100B05E5L, 0xB4D055FCF2CBBD7BL, 0xB2C058E4EBB5112CL, 0x25C26EA579CEA98AL},
      {0x5692161D100B05E5L, 0, 0xDA26E52FA3730902L, 0x485156A62597B055L, 0x22CB06B07578BBFEL},
      // The first one is the first output of SplitMix64 for seed 0.
      {
        0xE220A8397B1DCDAFL,
        0xE4D971771B652C20L,
        0xDE0A564CBCD060C4L,
        0x8E3980323F3DCE39L,
        0x481EC0A212A9F3DBL
      },
    };
    for (int s = 0; s < SEEDS.length; s++) {
      for (int k = 0; k < keys.length; k++) {
        assertEquals(expected[s][k], new KeyHash(SEEDS[s]).ofLong(keys[k]), "key=" + keys[k]);
      }
    }
  }

  @Test
  void theNameInTheHeaderIsPinned() {
    assertEquals("mix13/xxh3-64", KeyHash.STANDARD);
    assertEquals("mix13/xxh3-64", KeyHash.Factory.STANDARD_FACTORY.name());
    assertEquals(
        new KeyHash(42).ofLong(7), KeyHash.Factory.STANDARD_FACTORY.withSeed(42).ofLong(7));
  }

  @Test
  void theSeedChangesEveryHash() {
    byte[] key = new byte[40];
    for (long seed = 1; seed < 1000; seed++) {
      assertNotEquals(new KeyHash(0).ofLong(5), new KeyHash(seed).ofLong(5));
      for (int length = 0; length <= key.length; length += 8) {
        assertNotEquals(
            new KeyHash(0).ofBytes(key, length), new KeyHash(seed).ofBytes(key, length));
      }
    }
  }

  @Test
  void eachBitOfALongChangesAboutHalfTheBitsOfItsHash() {
    KeyHash hash = new KeyHash(GOLDEN);
    assertAvalanche(64, hash::ofLong);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 8, 12, 20, 200, 300})
  void eachBitOfTheBytesChangesAboutHalfTheBitsOfTheirHash(int length) {
    KeyHash hash = new KeyHash(GOLDEN);
    byte[] key = new byte[length];
    int bytes = Math.min(8, length);
    int from = (length - bytes) / 2;
    assertAvalanche(
        8 * bytes,
        input -> {
          for (int i = 0; i < bytes; i++) {
            key[from + i] = (byte) (input >>> 8 * i);
          }
          return hash.ofBytes(key, length);
        });
  }

  private static void assertAvalanche(int inputBits, LongUnaryOperator hash) {
    int samples = 4000;
    int[][] flips = new int[inputBits][64];
    Random random = new Random(11);
    for (int s = 0; s < samples; s++) {
      long input = random.nextLong();
      long base = hash.applyAsLong(input);
      for (int in = 0; in < inputBits; in++) {
        long difference = base ^ hash.applyAsLong(input ^ 1L << in);
        for (int out = 0; out < 64; out++) {
          flips[in][out] += (int) (difference >>> out & 1);
        }
      }
    }
    for (int in = 0; in < inputBits; in++) {
      for (int out = 0; out < 64; out++) {
        double rate = (double) flips[in][out] / samples;
        String bits = "input bit " + in + ", output bit " + out + ", rate=" + rate;
        assertTrue(rate > 0.45 && rate < 0.55, bits);
      }
    }
  }
}
