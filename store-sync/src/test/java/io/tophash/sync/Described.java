package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.Store;
import io.tophash.core.VerifyReport;
import io.tophash.core.memory.HeapBytes;

/**
 * Values that say whose they are, so that a torn one and one of another key are noticed: the number
 * of the value, then bytes that follow from key, number and length.
 */
final class Described {
  /** The shortest value that can be checked. */
  static final int MIN_BYTES = 16;

  private static final long MIX = 0x9E37_79B9_7F4A_7C15L;
  private static final int NUMBER_BITS = 40;

  private Described() {}

  /** The value of a key with a number. */
  static byte[] value(String key, long number, int length) {
    byte[] value = new byte[length];
    HeapBytes.putLong(value, 0, number);
    long state = (number ^ key.hashCode() * MIX) * MIX + length;
    for (int at = 8; at < length; at += 8) {
      state = state * MIX + at;
      long word = state ^ state >>> 29;
      if (at + 8 <= length) {
        HeapBytes.putLong(value, at, word);
      } else {
        for (int i = at; i < length; i++) {
          value[i] = (byte) (word >>> 8 * (i - at));
        }
      }
    }
    return value;
  }

  /** Number of a value of this key; fails if it is not whole, or not of this key. */
  static long check(String key, byte[] value) {
    assertTrue(value.length >= MIN_BYTES, "a value is too short");
    long number = HeapBytes.getLong(value, 0);
    byte[] expected = value(key, number, value.length);
    for (int i = 0; i < value.length; i++) {
      if (value[i] != expected[i]) {
        throw new AssertionError(
            "a torn or foreign value, key="
                + key
                + " number="
                + number
                + " length="
                + value.length
                + " differs from byte "
                + i);
      }
    }
    return number;
  }

  /** The long value of a key with a number: the upper bits follow from both. */
  static long value(long key, long number) {
    return tag(key, number) << NUMBER_BITS | number;
  }

  private static long tag(long key, long number) {
    long x = (key * MIX ^ number) * MIX;
    return x ^ x >>> 31;
  }

  /** Number of a long value of this key; fails if it is that of another. */
  static long check(long key, long value) {
    long number = value & (1L << NUMBER_BITS) - 1;
    assertEquals(value(key, number), value, () -> "a foreign value, key=" + key);
    return number;
  }

  /** Checks all invariants of a store that is at rest. */
  static void verifyAtRest(Store store, long entries) {
    VerifyReport report = store.verify();
    assertTrue(report.isClean(), () -> report.findings().toString());
    assertEquals(entries, report.entries());
    assertEquals(entries, store.sizeLong());
  }

  /** Checks the invariants of a store while others work on it. */
  static void verifyMeanwhile(Store store) {
    VerifyReport report = store.verify();
    assertTrue(report.isClean(), () -> report.findings().toString());
  }
}
