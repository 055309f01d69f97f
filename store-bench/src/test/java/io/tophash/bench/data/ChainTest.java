package io.tophash.bench.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("contract")
class ChainTest {
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7, 1000, 65_536, 100_003})
  void valuesLeadThroughAllKeysInOneCycle(int entries) {
    Chain chain = new Chain(entries);
    Map<Long, Long> map = new HashMap<>();
    for (int i = 0; i < entries; i++) {
      map.put(chain.key(i), chain.value(i));
    }
    assertEquals(entries, map.size(), "keys are distinct");
    long key = chain.key(0);
    int steps = 0;
    do {
      key = map.get(key);
      steps++;
    } while (key != chain.key(0));
    assertEquals(entries, steps);
  }

  @Test
  void sameChainEachTime() {
    assertEquals(new Chain(1000).checksum(), new Chain(1000).checksum());
    assertNotEquals(new Chain(1000).checksum(), new Chain(1001).checksum());
  }

  @Test
  void noKeyIsTheMissingValue() {
    Set<Long> keys = new HashSet<>();
    for (int i = 0; i < 100_000; i++) {
      assertTrue(keys.add(Keys.key(i)));
    }
    assertTrue(!keys.contains(Keys.MISSING));
    assertEquals(Keys.MISSING, Keys.key(-1), "only the index before the first has it");
  }

  @Test
  void refusesLessThanTwoEntries() {
    assertThrows(IllegalArgumentException.class, () -> new Chain(1));
  }
}
