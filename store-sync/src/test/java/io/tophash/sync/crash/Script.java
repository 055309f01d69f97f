package io.tophash.sync.crash;

import static io.tophash.sync.crash.Target.sized;

import io.tophash.sync.crash.Target.Kind;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;

/**
 * The endless row of operations of one writer, the n-th always the same. Its keys are its own, so
 * what the others do cannot hide a loss.
 */
final class Script {
  private static final int KEYS = 200;
  private static final long PER_WRITER = 1_000;
  private static final int PHASE = 400;
  private static final int OPS_TO_FORCE = 97;

  private final Kind kind;
  private final int writer;

  Script(Kind kind, int writer) {
    this.kind = kind;
    this.writer = writer;
  }

  /** What a store has of this writer's keys. */
  Map<Long, Long> ownOf(Map<Long, Long> entries) {
    Map<Long, Long> own = new HashMap<>(entries);
    own.keySet().removeIf(key -> key / PER_WRITER != writer);
    return own;
  }

  Op op(long n) {
    if (n % OPS_TO_FORCE == OPS_TO_FORCE - 1) {
      return Op.of(Op.What.FORCE);
    }
    Random random = new Random((n * 64 + writer) * 0x9E37_79B9_7F4A_7C15L);
    random.nextInt();
    long key = writer * PER_WRITER + random.nextInt(KEYS);
    // Keys come, then they go: splits and merges.
    int removes = n / PHASE % 2 == 0 ? 15 : 70;
    if (random.nextInt(100) < removes) {
      return Op.remove(key);
    }
    if (kind == Kind.LONGS) {
      return Op.set(key, n);
    }
    int dice = random.nextInt(100);
    int bytes = dice < 4 ? 5_000 + random.nextInt(60_000) : dice < 40 ? 2_000 : 30;
    return Op.set(key, sized(bytes, (int) (n % 100_000)));
  }

  /** What the first n operations leave. */
  Map<Long, Long> state(long n) {
    Map<Long, Long> state = new HashMap<>();
    for (long i = 0; i < n; i++) {
      Op op = op(i);
      if (op.what() == Op.What.SET) {
        state.put(op.key(), op.value());
      } else if (op.what() == Op.What.REMOVE) {
        state.remove(op.key());
      }
    }
    return state;
  }

  /**
   * Compares this writer's keys with what its acknowledged operations leave; the next one may have
   * been done or not.
   *
   * @return null, or what is wrong
   */
  String check(Target<?, ?> target, long acknowledged) {
    Map<Long, Long> state = state(acknowledged);
    Op next = op(acknowledged);
    TreeSet<String> wrong = new TreeSet<>();
    for (long key = writer * PER_WRITER; key < writer * PER_WRITER + KEYS; key++) {
      Long found = target.get(key);
      Long wanted = state.get(key);
      boolean isNext = key == next.key() && next.what() != Op.What.FORCE;
      Long other = !isNext ? wanted : next.what() == Op.What.SET ? next.value() : null;
      if (!Objects.equals(found, wanted) && !Objects.equals(found, other)) {
        wrong.add("key=" + key + " expected=" + wanted + " or=" + other + " found=" + found);
      }
    }
    return wrong.isEmpty()
        ? null
        : "writer=" + writer + " acknowledged=" + acknowledged + " wrong=" + wrong;
  }
}
