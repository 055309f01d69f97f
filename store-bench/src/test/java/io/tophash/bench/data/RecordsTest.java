package io.tophash.bench.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecordsTest {
  @Test
  void keysAreDistinctAndAllOfOneSize() {
    Set<String> keys = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      String key = Records.key(i);
      assertEquals(Records.KEY_BYTES, key.length());
      keys.add(key);
    }
    assertEquals(10_000, keys.size());
  }

  @Test
  void checksumSeesEachByteAndTheVersion() {
    byte[] value = new byte[Records.VALUE_BYTES];
    Records.valueInto(7, 1, value);
    long changed = Records.fold(value);
    Records.valueInto(7, 0, value);
    long sum = Records.fold(value);
    assertNotEquals(sum, changed);
    for (int i = 0; i < value.length; i++) {
      value[i] ^= 1;
      assertNotEquals(sum, Records.fold(value), "byte " + i);
      value[i] ^= 1;
    }
  }
}
