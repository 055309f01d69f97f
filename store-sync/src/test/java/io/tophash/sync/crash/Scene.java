package io.tophash.sync.crash;

import static io.tophash.sync.crash.Target.sized;

import io.tophash.sync.SyncStats;
import io.tophash.sync.crash.Target.Kind;
import io.tophash.sync.format.SegmentLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToLongFunction;

/**
 * A store and the operations during which its process is killed.
 *
 * @param shards number of shards
 * @param setup operations before; an empty list: the creation is observed too
 */
record Scene(String name, Kind kind, int shards, List<Op> setup, List<Op> script) {
  @Override
  public String toString() {
    return name;
  }

  /** All scenes; the directory is for stores on which it is found out when things happen. */
  static List<Scene> all(Path scratch) {
    List<Scene> scenes = new ArrayList<>();
    scenes.add(new Scene("longs, few keys", Kind.LONGS, 1, List.of(), fewLongs()));
    scenes.add(new Scene("longs, two shards", Kind.LONGS, 2, inserts(20, 0), fewLongs()));
    scenes.add(new Scene("records, few keys", Kind.RECORDS, 1, List.of(), fewRecords(60)));
    scenes.add(new Scene("records, two shards", Kind.RECORDS, 2, List.of(), fewRecords(700)));
    scenes.add(new Scene("large records", Kind.RECORDS, 1, List.of(), large()));
    scenes.add(new Scene("large records, two shards", Kind.RECORDS, 2, List.of(), large()));
    scenes.add(new Scene("clear", Kind.RECORDS, 1, segmented(60), clearing()));
    scenes.add(new Scene("clear, two shards", Kind.RECORDS, 2, segmented(60), clearing()));
    scenes.add(new Scene("compaction", Kind.RECORDS, 1, thinned(), compacting()));
    scenes.add(new Scene("compaction, two shards", Kind.RECORDS, 2, thinned(), compacting()));
    List<Op> records = segmented(260);
    ToLongFunction<SyncStats> splits = SyncStats::splits;
    for (int nth : new int[] {1, 2, 3, 4}) {
      scenes.add(around(scratch, "records, split " + nth, Kind.RECORDS, 1, records, splits, nth));
    }
    scenes.add(around(scratch, "longs, split", Kind.LONGS, 1, inserts(7_000, 0), splits, 1));
    scenes.add(around(scratch, "longs, split 2", Kind.LONGS, 2, inserts(12_000, 0), splits, 2));
    List<Op> merging = new ArrayList<>(segmented(120));
    for (int i = 0; i < 120; i++) {
      merging.add(Op.remove(i));
    }
    merging.addAll(inserts(400, 1_000));
    for (int nth : new int[] {1, 2}) {
      scenes.add(
          around(
              scratch, "records, merge " + nth, Kind.RECORDS, 1, merging, SyncStats::merges, nth));
    }
    scenes.add(around(scratch, "promotion", Kind.LONGS, 1, promoting(), SyncStats::promotions, 1));
    scenes.add(
        around(
            scratch,
            "promotion of records",
            Kind.RECORDS,
            2,
            promoting(),
            SyncStats::promotions,
            1));
    return scenes;
  }

  /** The operations around the one with which a statistic moves for the n-th time. */
  private static Scene around(
      Path scratch,
      String name,
      Kind kind,
      int shards,
      List<Op> ops,
      ToLongFunction<SyncStats> statistic,
      int nth) {
    Path path = scratch.resolve(name + System.nanoTime() + ".tph");
    try (Target<?, ?> target = Target.open(kind, path, shards)) {
      for (int i = 0; i < ops.size(); i++) {
        ops.get(i).run(target, java.util.Map.of());
        if (statistic.applyAsLong(target.stats()) >= nth) {
          int from = Math.max(0, i - 1);
          return new Scene(
              name,
              kind,
              shards,
              ops.subList(0, from),
              ops.subList(from, Math.min(ops.size(), i + 2)));
        }
      }
    }
    throw new IllegalStateException("it did not happen: " + name);
  }

  private static List<Op> inserts(int count, int from) {
    List<Op> ops = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ops.add(Op.set(from + i, 100 + i));
    }
    return ops;
  }

  /** Some segments of records. */
  private static List<Op> segmented(int count) {
    List<Op> ops = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ops.add(Op.set(i, sized(i % 20 == 19 ? 9_000 : 3_000 + i, i)));
    }
    return ops;
  }

  /** Many segments and large records, of which few are left. */
  private static List<Op> thinned() {
    List<Op> ops = new ArrayList<>(segmented(400));
    for (int i = 0; i < 400; i++) {
      if (i % 20 > 1 && i != 199) {
        ops.add(Op.remove(i));
      }
    }
    ops.add(Op.set(21, sized(9_000, 1)));
    return ops;
  }

  private static List<Op> compacting() {
    return List.of(
        Op.of(Op.What.COMPACT),
        Op.set(1, sized(50, 2)),
        Op.of(Op.What.REOPEN),
        Op.set(2, sized(9_000, 3)));
  }

  private static List<Op> fewLongs() {
    List<Op> ops = new ArrayList<>();
    ops.add(Op.set(1, 10));
    ops.add(Op.set(2, 20));
    ops.add(Op.set(1, 11));
    ops.add(Op.remove(1));
    ops.add(Op.set(1, 12));
    ops.add(Op.set(2, SegmentLayout.USUAL_NIL));
    ops.add(Op.set(3, SegmentLayout.USUAL_NIL));
    ops.add(Op.remove(2));
    ops.add(new Op(Op.What.ABSENT, 2, 22));
    ops.add(new Op(Op.What.REPLACE, 2, 23));
    ops.add(new Op(Op.What.SNAPSHOT, 2, 24));
    ops.add(Op.of(Op.What.REOPEN));
    ops.add(new Op(Op.What.SNAPSHOT, 2, 25));
    ops.addAll(inserts(40, 10));
    ops.add(Op.of(Op.What.VERIFY));
    for (int i = 10; i < 40; i++) {
      ops.add(Op.remove(i));
    }
    ops.addAll(inserts(20, 100));
    ops.add(Op.of(Op.What.CLEAR));
    ops.add(Op.set(5, 50));
    ops.add(Op.of(Op.What.REOPEN));
    ops.add(Op.set(5, 51));
    return ops;
  }

  private static List<Op> fewRecords(int bytes) {
    List<Op> ops = new ArrayList<>();
    Random random = new Random(5);
    for (int i = 0; i < 70; i++) {
      int key = random.nextInt(8);
      if (i == 35 || i == 60) {
        ops.add(Op.of(Op.What.REOPEN));
      }
      ops.add(
          random.nextInt(3) == 0
              ? Op.remove(key)
              : Op.set(key, sized(8 + random.nextInt(bytes), i)));
    }
    ops.add(Op.of(Op.What.CLEAR));
    ops.add(Op.set(5, sized(50, 1)));
    ops.add(new Op(Op.What.SNAPSHOT, 5, sized(60, 2)));
    return ops;
  }

  private static List<Op> large() {
    List<Op> ops = new ArrayList<>();
    ops.add(Op.set(1, sized(5_000, 1)));
    ops.add(Op.set(2, sized(40, 2)));
    ops.add(Op.set(1, sized(70_000, 3)));
    ops.add(Op.set(1, sized(50, 4)));
    ops.add(Op.set(2, sized(9_000, 5)));
    ops.add(Op.remove(2));
    ops.add(Op.set(2, sized(9_000, 6)));
    ops.add(Op.set(3, sized(240_000, 7)));
    ops.add(Op.set(3, sized(250_000, 8)));
    ops.add(new Op(Op.What.ABSENT, 4, sized(6_000, 9)));
    ops.add(new Op(Op.What.ABSENT, 4, sized(7_000, 10)));
    ops.add(new Op(Op.What.REPLACE, 4, sized(8_000, 11)));
    for (int i = 0; i < 30; i++) {
      // Until the log is full with a large record in hand.
      ops.add(Op.set(5 + i % 3, sized(5_000 + i, 20 + i)));
    }
    ops.add(Op.remove(3));
    ops.add(Op.of(Op.What.REOPEN));
    ops.add(Op.set(4, sized(5_100, 12)));
    ops.add(Op.of(Op.What.CLEAR));
    ops.add(Op.set(4, sized(5_200, 13)));
    return ops;
  }

  private static List<Op> clearing() {
    return List.of(
        Op.of(Op.What.CLEAR),
        Op.set(3, sized(5_000, 1)),
        Op.set(4, sized(50, 1)),
        Op.of(Op.What.CLEAR),
        Op.set(3, sized(60, 1)));
  }

  private static List<Op> promoting() {
    List<Op> ops = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      ops.add(Op.set(i, 100 + i));
      // So often that, if the key came to the dirty table, the next change promotes for certain.
      ops.add(new Op(Op.What.READ, i, 2_000));
      ops.add(Op.set(i, 200 + i));
    }
    return ops;
  }
}
