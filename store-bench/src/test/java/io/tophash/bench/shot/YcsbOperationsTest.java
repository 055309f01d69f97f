package io.tophash.bench.shot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.bench.data.RecordShape;
import io.tophash.bench.shot.YcsbOperations.Kind;
import io.tophash.bench.shot.YcsbOperations.Mix;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("contract")
class YcsbOperationsTest {
  private static final int ENTRIES = 5_000;
  private static final int COUNT = 20_000;

  private static YcsbOperations<String> of(Mix mix, int thread) {
    return new YcsbOperations<>(mix, RecordShape.STRING_100, ENTRIES, COUNT, thread, 2);
  }

  @ParameterizedTest
  @CsvSource({"A, 50, UPDATE", "B, 95, UPDATE", "C, 100, UPDATE", "D, 95, INSERT"})
  void sharesAreThoseOfTheWorkload(Mix mix, int readPercent, Kind other) {
    YcsbOperations<String> operations = of(mix, 0);
    long reads = Arrays.stream(operations.kinds).filter(kind -> kind == Kind.READ).count();
    assertEquals(readPercent, 100.0 * reads / COUNT, 1.5);
    assertTrue(Arrays.stream(operations.kinds).allMatch(k -> k == Kind.READ || k == other));
  }

  @ParameterizedTest
  @EnumSource(Mix.class)
  void readsWhatIsThereAndThreadsInsertEachTheirOwn(Mix mix) {
    Set<Integer> all = new HashSet<>();
    for (int thread = 0; thread < 2; thread++) {
      YcsbOperations<String> operations = of(mix, thread);
      Set<Integer> mine = new HashSet<>();
      for (int i = 0; i < COUNT; i++) {
        int index = operations.indexes[i];
        assertEquals(RecordShape.STRING_100.key(index), operations.keys[i]);
        if (operations.kinds[i] == Kind.INSERT) {
          assertTrue(index >= ENTRIES && mine.add(index), "inserts a new entry");
        } else {
          assertTrue(index >= 0 && index < ENTRIES || mine.contains(index), "is there");
        }
      }
      assertEquals(operations.inserted.length, mine.size());
      mine.forEach(index -> assertTrue(all.add(index), "no other thread inserts it"));
    }
  }
}
