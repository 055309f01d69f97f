package io.tophash.bench.shot;

import io.tophash.bench.data.RecordShape;
import io.tophash.bench.data.Zipfian;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The operations that one thread does in a workload of YCSB, made beforehand; each pass does the
 * same ones. The keys are not the objects with which the store was filled.
 *
 * @param <K> the keys
 */
final class YcsbOperations<K> {
  /** What an operation does. */
  enum Kind {
    READ,
    UPDATE,
    INSERT,
    READ_MODIFY_WRITE
  }

  /** The letter of the workload, as in YCSB's own set; E is left out: it scans in key order. */
  enum Mix {
    A(50, Kind.UPDATE),
    B(5, Kind.UPDATE),
    C(0, Kind.UPDATE),
    D(5, Kind.INSERT),
    F(50, Kind.READ_MODIFY_WRITE);

    private final int percent;
    private final Kind other;

    /** A workload of which as many percent are not reads. */
    Mix(int percent, Kind other) {
      this.percent = percent;
      this.other = other;
    }
  }

  private static final int PERCENT = 100;

  final Kind[] kinds;
  final int[] indexes;
  final K[] keys;

  /** The indexes of the entries that it inserts; none was there before. */
  final int[] inserted;

  /**
   * Makes the operations.
   *
   * @param mix the workload
   * @param shape the entries
   * @param entries how many the store has
   * @param count how many operations
   * @param thread number of the thread that does them, from 0 on
   * @param threads how many threads there are
   */
  @SuppressWarnings("unchecked")
  YcsbOperations(Mix mix, RecordShape<K> shape, int entries, int count, int thread, int threads) {
    kinds = new Kind[count];
    indexes = new int[count];
    keys = (K[]) Array.newInstance(shape.keys().type(), count);
    SplittableRandom random = new SplittableRandom(thread + 1);
    Zipfian zipfian = new Zipfian(entries);
    int[] added = new int[count];
    int size = 0;
    for (int i = 0; i < count; i++) {
      boolean other = random.nextInt(PERCENT) < mix.percent;
      kinds[i] = other ? mix.other : Kind.READ;
      int rank = zipfian.next(random);
      if (kinds[i] == Kind.INSERT) {
        added[size] = entries + thread + threads * size;
        indexes[i] = added[size++];
      } else if (mix != Mix.D) {
        indexes[i] = zipfian.scatter(rank);
      } else {
        // The latest entries are in demand: those that this thread inserted, then the last ones.
        indexes[i] = rank < size ? added[size - 1 - rank] : entries - 1 - (rank - size);
      }
      keys[i] = shape.key(indexes[i]);
    }
    inserted = Arrays.copyOf(added, size);
  }
}
