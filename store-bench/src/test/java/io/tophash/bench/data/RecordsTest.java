package io.tophash.bench.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("contract")
class RecordsTest {
  private static Stream<RecordShape<?>> shapes() {
    return RecordShape.all().stream();
  }

  @ParameterizedTest
  @MethodSource("shapes")
  <K> void keysAreDistinctAndTheSameAfterTheirBytes(RecordShape<K> shape) {
    Set<K> keys = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      K key = shape.key(i);
      ByteBuffer bytes = ByteBuffer.allocate(shape.keys().bytes());
      shape.keys().write(key, bytes);
      assertEquals(0, bytes.remaining());
      assertEquals(key, shape.keys().read(bytes.array()));
      keys.add(key);
    }
    assertEquals(10_000, keys.size());
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void checksumSeesEachByteAndTheVersion(RecordShape<?> shape) {
    byte[] value = new byte[shape.valueBytes()];
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

  @Test
  void unknownShapeListsTheKnownOnes() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> RecordShape.of("double"));
    assertEquals(
        "unknown shape 'double', known are: string100, int100, int2k, int16k", e.getMessage());
  }
}
